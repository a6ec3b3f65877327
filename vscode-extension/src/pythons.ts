/** What the Python extensions say, where they are; neither is needed. */
import * as vscode from "vscode";
import type { Places } from "./candidates";

interface Environments {
  getEnvironment(scope: vscode.Uri | undefined): Promise<{ execInfo?: { run?: { executable?: string } } } | undefined>;
  onDidChangeEnvironment?: vscode.Event<unknown>;
}

interface PythonApi {
  environments?: {
    getActiveEnvironmentPath(scope?: vscode.Uri): { path: string };
    resolveEnvironment(path: { path: string }): Promise<{ executable: { uri?: vscode.Uri } } | undefined>;
    onDidChangeActiveEnvironmentPath?: vscode.Event<unknown>;
  };
}

const ENVIRONMENTS = "ms-python.vscode-python-envs";
const PYTHON = "ms-python.python";

/** Nothing of a folder that is not trusted: its environment may hold anything. */
export async function places(scope: vscode.Uri | undefined): Promise<Places> {
  const setting = vscode.workspace.getConfiguration("rateml", scope).get<string[]>("interpreter", []);
  const none = { setting, environments: undefined, python: undefined, platform: process.platform };
  if (!vscode.workspace.isTrusted) return none;
  return { ...none, environments: await fromEnvironments(scope), python: await fromPython(scope) };
}

async function fromEnvironments(scope: vscode.Uri | undefined): Promise<string | undefined> {
  const api = await activated<Environments>(ENVIRONMENTS);
  return (await api?.getEnvironment(scope))?.execInfo?.run?.executable;
}

async function fromPython(scope: vscode.Uri | undefined): Promise<string | undefined> {
  const environments = (await activated<PythonApi>(PYTHON))?.environments;
  if (!environments) return undefined;
  const active = environments.getActiveEnvironmentPath(scope);
  return (await environments.resolveEnvironment(active))?.executable.uri?.fsPath;
}

async function activated<T>(id: string): Promise<T | undefined> {
  const extension = vscode.extensions.getExtension<T | undefined>(id);
  return extension?.activate();
}

/** Calls `changed` when another environment is chosen; call this again after extensions were installed. */
export async function watch(changed: () => void): Promise<vscode.Disposable[]> {
  if (!vscode.workspace.isTrusted) return [];
  const events = [
    (await activated<Environments>(ENVIRONMENTS))?.onDidChangeEnvironment,
    (await activated<PythonApi>(PYTHON))?.environments?.onDidChangeActiveEnvironmentPath,
  ];
  return events.flatMap((event) => (event ? [event(changed)] : []));
}

/** Opens the choice of the Python extension, or our setting where there is none. */
export async function select(): Promise<void> {
  if (vscode.extensions.getExtension(PYTHON)) {
    const commands = await vscode.commands.getCommands(true);
    if (commands.includes("python.setInterpreter")) {
      await vscode.commands.executeCommand("python.setInterpreter");
      return;
    }
  }
  const chosen = await vscode.window.showInputBox({
    title: "Python with rateml",
    prompt: 'A path; pip install "rateml[lsp]" puts rateml there',
    placeHolder: "~/venv/bin/python",
  });
  if (!chosen) return;
  const target = vscode.ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration("rateml").update("interpreter", [chosen], target);
}
