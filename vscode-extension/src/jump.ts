/** From the code to the model: to the editor that shows it already, not over the code. */
import * as vscode from "vscode";
import { toRange } from "./highlight";
import { type Previews, SCHEME } from "./preview";
import { rangesFor } from "./sourceMap";

/** A definition as it was handed out: the editor opens it in the column of the code. */
interface Handed {
  readonly model: string;
  readonly column: vscode.ViewColumn;
  readonly ranges: readonly vscode.Range[];
}

export class Jump implements vscode.Disposable, vscode.DefinitionProvider {
  private handed: Handed | undefined;
  private readonly listening: vscode.Disposable;

  constructor(private readonly previews: Previews) {
    this.listening = vscode.Disposable.from(
      vscode.languages.registerDefinitionProvider({ scheme: SCHEME }, this),
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        if (editor) void this.arrived(editor);
      }),
    );
  }

  /** A click with Ctrl on a line of the code goes to the model. */
  provideDefinition(document: vscode.TextDocument, position: vscode.Position): vscode.Location[] {
    const one = this.previews.of(document.uri);
    if (!one) return [];
    const model = one.model.toString();
    const column = vscode.window.activeTextEditor?.viewColumn;
    const ranges = rangesFor(one.answer.sourceMap, position.line).map(toRange);
    const there = tabsOf(model).some((tab) => tab.group.viewColumn === column);
    this.handed = column && !there ? { model, column, ranges } : undefined;
    return ranges.map((range) => new vscode.Location(one.model, range));
  }

  dispose(): void {
    this.listening.dispose();
  }

  /** The model has just been opened over the code while another column has it: it goes on there. */
  private async arrived({ document, viewColumn, selection }: vscode.TextEditor): Promise<void> {
    const { handed } = this;
    this.handed = undefined;
    if (handed?.model !== document.uri.toString() || viewColumn !== handed.column) return;
    const own = tabsOf(handed.model).find((tab) => tab.group.viewColumn === handed.column);
    const other = tabsOf(handed.model).find((tab) => tab !== own);
    if (!own || !other) return;
    // The cursor may not be there yet; with several ranges it is the one that the user chose.
    const range = handed.ranges.find(({ start }) => start.isEqual(selection.active)) ?? handed.ranges[0];
    const at = range && new vscode.Range(range.start, range.start);
    await vscode.window.showTextDocument(document, { viewColumn: other.group.viewColumn, selection: at ?? selection });
    await vscode.window.tabGroups.close(own);
  }
}

function tabsOf(uri: string): vscode.Tab[] {
  const all = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return all.filter(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri);
}
