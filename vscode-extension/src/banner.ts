/** Says, at the top of what is in view, that the code is the last good one; dims it. */
import * as vscode from "vscode";
import { type Previews, SCHEME } from "./preview";

export class Banner implements vscode.Disposable {
  private readonly dim = vscode.window.createTextEditorDecorationType({ opacity: "0.6" });
  private readonly banner = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor("inputValidation.warningBackground"),
  });
  private readonly listening: { dispose(): unknown }[];

  constructor(private readonly previews: Previews) {
    const show = (): void => {
      vscode.window.visibleTextEditors.forEach((editor) => {
        this.show(editor);
      });
    };
    this.listening = [
      this.dim,
      this.banner,
      previews.onDidAnswer(show),
      vscode.window.onDidChangeVisibleTextEditors(show),
      vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => {
        this.show(textEditor);
      }),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.listening).dispose();
  }

  private show(editor: vscode.TextEditor): void {
    if (editor.document.uri.scheme !== SCHEME) return;
    const one = this.previews.of(editor.document.uri);
    const first = editor.visibleRanges[0]?.start.line ?? 0;
    if (!one?.answer.stale) {
      editor.setDecorations(this.banner, []);
      editor.setDecorations(this.dim, []);
      return;
    }
    const why = one.answer.diagnostics[0]?.message.split("\n")[0] ?? "the model has errors";
    const contentText = `⚠ the last good code: ${why}`;
    const color = new vscode.ThemeColor("editorWarning.foreground");
    const range = editor.document.lineAt(Math.min(first, editor.document.lineCount - 1)).range;
    editor.setDecorations(this.banner, [{ range, renderOptions: { before: { contentText, color, margin: "0 3em 0 0" } } }]);
    editor.setDecorations(this.dim, [new vscode.Range(0, 0, editor.document.lineCount, 0)]);
  }
}
