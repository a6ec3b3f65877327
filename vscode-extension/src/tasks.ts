/** Tasks `rateml check` and `rateml build`, in the Python that the server runs in. */
import * as vscode from "vscode";
import { SAFE_ENVIRONMENT } from "./probe";
import type { Server } from "./server";

interface Definition extends vscode.TaskDefinition {
  command: string;
  file?: string;
  args?: string[];
}

export class Tasks implements vscode.TaskProvider {
  constructor(private readonly server: Server) {}

  provideTasks(): vscode.Task[] {
    const file = vscode.window.activeTextEditor?.document;
    if (file?.languageId !== "rateml" || file.uri.scheme !== "file") return [];
    return ["check", "build"].flatMap((command) => this.task({ type: "rateml", command }, file.uri.fsPath) ?? []);
  }

  resolveTask(task: vscode.Task): vscode.Task | undefined {
    const definition = task.definition as Definition;
    const file = definition.file ?? vscode.window.activeTextEditor?.document.uri.fsPath;
    return file ? this.task(definition, file, task.scope) : undefined;
  }

  /** `undefined` while there is no Python with rateml. */
  task(definition: Definition, file: string, scope?: vscode.Task["scope"]): vscode.Task | undefined {
    const python = this.server.ready?.python;
    if (!python) return undefined;
    const args = ["-m", "rateml", definition.command, file, ...(definition.args ?? [])];
    const execution = new vscode.ProcessExecution(python, args, { env: SAFE_ENVIRONMENT });
    const task = new vscode.Task(definition, scope ?? vscode.TaskScope.Workspace, definition.command, "rateml", execution, ["$rateml"]);
    task.group = definition.command === "build" ? vscode.TaskGroup.Build : vscode.TaskGroup.Test;
    return task;
  }
}
