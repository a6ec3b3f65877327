/** Which Python to start the server with: pure, so that the order is tested without an editor. */
import { homedir } from "node:os";
import { join } from "node:path";

export interface Candidate {
  readonly command: string;
  readonly args: readonly string[];
  /** Where it was found, in words for the user. */
  readonly source: string;
}

/** What was found in each place; `undefined` where a place has nothing. */
export interface Places {
  readonly setting: readonly string[];
  readonly environments: string | undefined;
  readonly python: string | undefined;
  readonly platform: NodeJS.Platform;
}

/** Candidates, the best first. A setting is the user's word: with one there is nothing else. */
export function candidates(places: Places, workspaceFolder: string | undefined): Candidate[] {
  const [command, ...args] = places.setting.map((part) => expand(part, workspaceFolder));
  if (command) return [{ command, args, source: "the setting rateml.interpreter" }];
  const found: Candidate[] = [];
  if (places.environments) found.push({ command: places.environments, args: [], source: "Python Environments" });
  if (places.python) found.push({ command: places.python, args: [], source: "the Python extension" });
  const names = places.platform === "win32" ? ["python", "py"] : ["python3", "python"];
  for (const name of names) found.push({ command: name, args: [], source: "the PATH" });
  return found;
}

/** Replace `~`, `${workspaceFolder}`, `${userHome}` and `${env:NAME}`. */
export function expand(text: string, workspaceFolder: string | undefined): string {
  const whole = text === "~" || text.startsWith("~/") || text.startsWith("~\\") ? join(homedir(), text.slice(1)) : text;
  return whole.replace(/\$\{(workspaceFolder|userHome|env:(\w+))\}/g, (match, name: string, variable?: string) => {
    if (name === "workspaceFolder") return workspaceFolder ?? match;
    return name === "userHome" ? homedir() : (process.env[variable ?? ""] ?? "");
  });
}
