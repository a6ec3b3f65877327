/** Marks the code that an equation becomes, and the equation that a line of code comes from. */
import * as vscode from "vscode";
import { type Previews, SCHEME } from "./preview";
import { linesFor, type Range, rangesFor } from "./sourceMap";

export function toRange(range: Range): vscode.Range {
  return new vscode.Range(range.start.line, range.start.character, range.end.line, range.end.character);
}

export class Highlighter implements vscode.Disposable {
  private readonly mark = vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor("editor.wordHighlightStrongBackground"),
    overviewRulerColor: new vscode.ThemeColor("editorOverviewRuler.wordHighlightStrongForeground"),
    overviewRulerLane: vscode.OverviewRulerLane.Full,
  });
  private readonly listening: { dispose(): unknown }[];

  constructor(private readonly previews: Previews) {
    this.listening = [
      this.mark,
      vscode.window.onDidChangeTextEditorSelection((event) => {
        if (event.textEditor === vscode.window.activeTextEditor) this.show(event.textEditor);
      }),
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        if (editor) this.show(editor);
      }),
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.document.uri.scheme === SCHEME) this.showActive();
      }),
      previews.onDidAnswer(() => {
        this.showActive();
      }),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.listening).dispose();
  }

  private showActive(): void {
    const active = vscode.window.activeTextEditor;
    if (active) this.show(active);
  }

  /** Marks stay as they are while the code is of an older text: its map says nothing about this one. */
  private show(editor: vscode.TextEditor): void {
    const at = editor.selection.active;
    const own = this.previews.of(editor.document.uri);
    if (own) {
      const ranges = rangesFor(own.answer.sourceMap, at.line).map(toRange);
      for (const model of visible(own.model)) this.set(model, ranges);
      editor.setDecorations(this.mark, ranges.length ? [editor.document.lineAt(at.line).range] : []);
      return;
    }
    const shown = this.previews.for(editor.document.uri);
    if (!shown.length) return;
    editor.setDecorations(this.mark, []);
    for (const one of shown.filter((s) => s.answer.version === editor.document.version)) {
      const lines = one.answer.stale ? [] : linesFor(one.answer.sourceMap, at);
      for (const code of visible(one.address)) {
        this.set(code, lines.filter((n) => n < code.document.lineCount).map((n) => code.document.lineAt(n).range));
      }
    }
  }

  private set(editor: vscode.TextEditor, ranges: vscode.Range[]): void {
    editor.setDecorations(this.mark, ranges);
    const first = ranges[0];
    if (first) editor.revealRange(first, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }
}

function visible(uri: vscode.Uri): vscode.TextEditor[] {
  return vscode.window.visibleTextEditors.filter((editor) => editor.document.uri.toString() === uri.toString());
}
