/** Models to start from: those that come with rateml, and a blank one. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as vscode from "vscode";
import { SAFE_ENVIRONMENT } from "./probe";

const run = promisify(execFile);

const BLANK = `<Lems xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1" rml:version="1.0" description="A leaky node">
    <Dimension name="time" t="1"/>
    <Unit symbol="ms" dimension="time" power="-3"/>

    <ComponentType name="Leaky" rml:role="model" rml:scheme="heun" rml:dt="0.1 ms">
        <Parameter name="tau" dimension="time" rml:min="1 ms" rml:max="100 ms" description="time constant"/>
        <Exposure name="x" dimension="none"/>
        <Dynamics>
            <StateVariable name="x" dimension="none" exposure="x" rml:min="-1" rml:max="1"/>
            <TimeDerivative variable="x" value="-x / tau"/>
            <OnStart>
                <StateAssignment variable="x" value="1"/>
            </OnStart>
        </Dynamics>
    </ComponentType>

    <Component id="leaky" type="Leaky" tau="10 ms"/>
</Lems>
`;

/** The command line of rateml, for its output. */
export async function rateml(python: string, ...args: string[]): Promise<string> {
  const env = { ...process.env, ...SAFE_ENVIRONMENT, NO_COLOR: "1" };
  const { stdout } = await run(python, ["-m", "rateml", ...args], { env, maxBuffer: 16 * 2 ** 20 });
  return stdout;
}

/** Lets the user choose, and opens the model as a new document. */
export async function newModel(python: string | undefined): Promise<void> {
  const blank = { label: "Blank model", description: "one leaky state variable", name: "" };
  const shipped = python
    ? (await rateml(python, "models")).split("\n").flatMap((line) => {
        const [, name, description] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
        return name ? [{ label: name, description: description ?? "", name }] : [];
      })
    : [];
  const options = { title: "New model", placeHolder: "a blank one, or one that comes with rateml", matchOnDescription: true };
  const chosen = await vscode.window.showQuickPick([blank, ...shipped], options);
  if (!chosen) return;
  const content = chosen.name && python ? await shippedModel(python, chosen.name) : BLANK;
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: "rateml", content }));
}

async function shippedModel(python: string, name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "rateml-"));
  try {
    await rateml(python, "models", "copy", name, "-o", join(folder, "model.xml"));
    return await readFile(join(folder, "model.xml"), "utf8");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What `rateml build` makes of the file on the disk: its entry file for a target, by the name that it has. */
export async function builtFrom(python: string, model: string, target: string, file: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "rateml-"));
  try {
    await rateml(python, "build", model, "--target", target, "-o", folder);
    return await readFile(join(folder, file), "utf8");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
