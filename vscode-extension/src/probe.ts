/** Asks a Python what it is and whether it has the language server. */
import { execFile } from "node:child_process";
import type { Candidate } from "./candidates";

export type Probe =
  | { readonly kind: "ready"; readonly python: string; readonly version: string; readonly rateml: string }
  | { readonly kind: "without"; readonly python: string; readonly version: string }
  | { readonly kind: "old"; readonly python: string; readonly version: string }
  | { readonly kind: "absent"; readonly reason: string };

const QUESTION = `
import importlib.util as u, json, sys
from importlib.metadata import version, PackageNotFoundError
found = all(u.find_spec(n) for n in ("rateml", "rateml_lsp", "pygls", "lsprotocol"))
try: rateml = version("rateml")
except PackageNotFoundError: rateml = "?"
print(json.dumps([sys.executable, list(sys.version_info[:3]), found, rateml]))
`;

/** A Python that the folder it starts in cannot put modules into. */
export const SAFE_ENVIRONMENT = { PYTHONSAFEPATH: "1", PYTHONUNBUFFERED: "1" };

export function probe(candidate: Candidate): Promise<Probe> {
  return new Promise((resolve) => {
    const options = { timeout: 60_000, env: { ...process.env, ...SAFE_ENVIRONMENT } };
    execFile(candidate.command, [...candidate.args, "-c", QUESTION], options, (error, stdout) => {
      resolve(error ? { kind: "absent", reason: error.message } : understand(stdout));
    });
  });
}

export function understand(answer: string): Probe {
  let data: unknown;
  try {
    data = JSON.parse(answer);
  } catch {
    return { kind: "absent", reason: "it is no Python" };
  }
  const [python, version, found, rateml] = data as [string, [number, number, number], boolean, string];
  const told = version.join(".");
  if (version[0] < 3 || (version[0] === 3 && version[1] < 11)) return { kind: "old", python, version: told };
  return found ? { kind: "ready", python, version: told, rateml } : { kind: "without", python, version: told };
}
