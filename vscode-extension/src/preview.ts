/** The generated code beside the model: a read-only document that follows it. */
import * as vscode from "vscode";
import type { Server } from "./server";
import type { Mapped } from "./sourceMap";

export const SCHEME = "rateml-preview";
export const TARGETS = ["numba", "tvb", "cuda", "lems"] as const;

const CONTENT_MODIFIED = -32801;

interface Answer {
  readonly text: string;
  readonly file: string;
  readonly language: string;
  readonly sourceMap: readonly Mapped[];
  readonly stale: boolean;
  /** That of the model's text which the map holds for. */
  readonly version: number | null;
  readonly diagnostics: readonly { message: string; range: vscode.Range }[];
}

/** One preview: a model and a target, with the last answer. */
export interface Shown {
  readonly address: vscode.Uri;
  readonly model: vscode.Uri;
  readonly target: string;
  answer: Answer;
}

export class Previews implements vscode.TextDocumentContentProvider, vscode.CodeLensProvider, vscode.Disposable {
  private readonly shown = new Map<string, Shown>();
  private readonly contents = new vscode.EventEmitter<vscode.Uri>();
  private readonly listening: vscode.Disposable[];
  private readonly answered = new vscode.EventEmitter<void>();
  readonly onDidChange = this.contents.event;
  readonly onDidAnswer = this.answered.event;

  constructor(
    private readonly server: Server,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.listening = [
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.languages.registerCodeLensProvider({ scheme: SCHEME }, this),
      vscode.workspace.onDidCloseTextDocument((document) => {
        this.forget(document.uri);
      }),
      server.onStarted((client) => {
        client.onNotification("rateml/previewChanged", (told: { uri: string; target: string }) => {
          void this.refresh(told.uri, told.target);
        });
        for (const one of this.shown.values()) void this.refresh(one.model.toString(), one.target);
      }),
    ];
  }

  of(address: vscode.Uri): Shown | undefined {
    return this.shown.get(address.toString());
  }

  for(model: vscode.Uri): Shown[] {
    return [...this.shown.values()].filter((one) => one.model.toString() === model.toString());
  }

  async open(model: vscode.Uri, target: string): Promise<void> {
    const answer = await this.ask(model, target);
    if (!answer) return;
    if (!answer.text) {
      const why = answer.diagnostics[0]?.message ?? "the model has errors";
      void vscode.window.showWarningMessage(`RateML: no ${target} code yet: ${why}`);
      return;
    }
    const query = new URLSearchParams({ model: model.toString(), target }).toString();
    const address = vscode.Uri.from({ scheme: SCHEME, path: `/${target}/${answer.file}`, query });
    this.shown.set(address.toString(), { address, model, target, answer });
    const document = await vscode.workspace.openTextDocument(address);
    this.contents.fire(address);
    await vscode.window.showTextDocument(document, {
      viewColumn: vscode.ViewColumn.Beside,
      preserveFocus: true,
      preview: false,
    });
  }

  provideTextDocumentContent(address: vscode.Uri): string {
    return this.of(address)?.answer.text ?? "The model of this preview is closed: open it and show its code again.\n";
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const one = this.of(document.uri);
    if (!one) return [];
    const top = new vscode.Range(0, 0, 0, 0);
    return [
      new vscode.CodeLens(top, { title: `target: ${one.target}`, command: "rateml.preview.selectTarget" }),
      new vscode.CodeLens(top, { title: "compare with saved", command: "rateml.preview.compare" }),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.listening, this.contents, this.answered).dispose();
  }

  private async refresh(model: string, target: string): Promise<void> {
    const one = [...this.shown.values()].find((s) => s.model.toString() === model && s.target === target);
    const answer = one && (await this.ask(one.model, target));
    if (!one || !answer) return;
    const same = one.answer.text === answer.text;
    one.answer = answer;
    if (!same) this.contents.fire(one.address);
    this.answered.fire();
  }

  /** `undefined` when the model changed meanwhile, or when there is no answer, which is told. */
  private async ask(model: vscode.Uri, target: string): Promise<Answer | undefined> {
    try {
      const client = this.server.client;
      if (!client) throw new Error("the language server is not running");
      await vscode.workspace.openTextDocument(model);
      return await client.sendRequest<Answer>("rateml/preview", { uri: model.toString(), target });
    } catch (error) {
      if (isModified(error)) return undefined;
      this.log.error(String(error));
      void vscode.window.showErrorMessage(`RateML: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }

  private forget(address: vscode.Uri): void {
    const one = this.of(address);
    if (!one) return;
    this.shown.delete(address.toString());
    if (!this.for(one.model).length) {
      void this.server.client?.sendRequest("rateml/stopPreview", { uri: one.model.toString() });
    }
  }
}

/** Whether the server says that the model was edited meanwhile. */
function isModified(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === CONTENT_MODIFIED;
}
