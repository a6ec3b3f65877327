/** A machine without rateml: one clear offer. */
import * as vscode from "vscode";
import { expand } from "./candidates";

const offered = new Set<string>();

/** What to do about it; the same offer is made once in a session. */
export async function offer(log: vscode.LogOutputChannel, lacking: string | undefined, tried: readonly string[]): Promise<void> {
  const about = lacking ?? "";
  if (offered.has(about)) return;
  offered.add(about);
  for (const line of tried) log.warn(line);
  const told = lacking
    ? `RateML: ${lacking} has no rateml. Install ${requirement()} there?`
    : "RateML needs Python 3.11 or later with rateml[lsp], and found none.";
  const buttons = [...(lacking && vscode.workspace.isTrusted ? ["Install"] : []), "Select Python", "Show Log"];
  const chosen = await vscode.window.showWarningMessage(told, ...buttons);
  if (chosen === "Install") await vscode.commands.executeCommand("rateml.install");
  if (chosen === "Select Python") await vscode.commands.executeCommand("rateml.selectInterpreter");
  if (chosen === "Show Log") log.show();
}

/** What pip is to install: from an index, or a wheel. */
function requirement(): string {
  const set = vscode.workspace.getConfiguration("rateml").get<string>("requirement", "").trim();
  return set ? expand(set, vscode.workspace.workspaceFolders?.[0]?.uri.fsPath) : "rateml[lsp]";
}

/** Runs pip in a task that the user sees; true when it ended well. */
export async function install(python: string): Promise<boolean> {
  const execution = new vscode.ProcessExecution(python, ["-m", "pip", "install", requirement()]);
  const task = new vscode.Task({ type: "rateml-install" }, vscode.TaskScope.Workspace, "install", "rateml", execution, []);
  return (await run(task)) === 0;
}

/** The exit code of a task. */
export async function run(task: vscode.Task): Promise<number | undefined> {
  const running = await vscode.tasks.executeTask(task);
  return new Promise((resolve) => {
    const listening = vscode.tasks.onDidEndTaskProcess((event) => {
      if (event.execution !== running) return;
      listening.dispose();
      resolve(event.exitCode);
    });
  });
}
