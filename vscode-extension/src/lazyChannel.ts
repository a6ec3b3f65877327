/** An output channel that is not in the list of the Output view before something is written to it. */
import * as vscode from "vscode";

export class LazyChannel implements vscode.OutputChannel {
  private made: vscode.OutputChannel | undefined;

  constructor(readonly name: string) {}

  private get channel(): vscode.OutputChannel {
    return (this.made ??= vscode.window.createOutputChannel(this.name));
  }

  append(value: string): void {
    this.channel.append(value);
  }

  appendLine(value: string): void {
    this.channel.appendLine(value);
  }

  replace(value: string): void {
    this.channel.replace(value);
  }

  clear(): void {
    this.made?.clear();
  }

  show(...args: unknown[]): void {
    this.channel.show(args.at(-1) === true);
  }

  hide(): void {
    this.made?.hide();
  }

  dispose(): void {
    this.made?.dispose();
    this.made = undefined;
  }
}
