/** Equations and dynamics of a model: the panel, and what passes between it and the server. */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { toRange } from "./highlight";
import { Latest } from "./serial";
import type { Server } from "./server";
import { changed, type Parameter, written } from "./values";

/** What the webview says. */
type Said =
  | { readonly kind: "ready" }
  | { readonly kind: "values"; readonly values: Record<string, number> }
  | { readonly kind: "write"; readonly values: Record<string, number> };

const PAUSE = 250;

export class DynamicsPanels implements vscode.Disposable {
  private readonly open = new Map<string, DynamicsPanel>();

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly server: Server,
  ) {}

  show(model: vscode.Uri): void {
    const key = model.toString();
    const there = this.open.get(key);
    if (there) {
      there.reveal();
      return;
    }
    const panel = new DynamicsPanel(this.context, this.server, model, () => this.open.delete(key));
    this.open.set(key, panel);
  }

  dispose(): void {
    for (const panel of this.open.values()) panel.dispose();
  }
}

class DynamicsPanel {
  private readonly panel: vscode.WebviewPanel;
  private readonly listening: vscode.Disposable[];
  private parameters: readonly Parameter[] = [];
  private values: Record<string, number> = {};
  private pause: NodeJS.Timeout | undefined;
  private readonly latest = new Latest<Record<string, number>>((values) => this.compute(values));

  constructor(
    context: vscode.ExtensionContext,
    private readonly server: Server,
    private readonly model: vscode.Uri,
    closed: () => void,
  ) {
    const name = vscode.workspace.asRelativePath(model).split("/").pop() ?? "model";
    const roots = ["dist", "media"].map((folder) => vscode.Uri.joinPath(context.extensionUri, folder));
    const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    this.panel = vscode.window.createWebviewPanel("rateml.dynamics", `Dynamics of ${name}`, place, {
      enableScripts: true,
      retainContextWhenHidden: true,
      localResourceRoots: roots,
    });
    this.panel.webview.html = page(this.panel.webview, context.extensionUri);
    this.listening = [
      this.panel.webview.onDidReceiveMessage((said: Said) => void this.heard(said)),
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.document.uri.toString() !== model.toString()) return;
        clearTimeout(this.pause);
        this.pause = setTimeout(() => void this.load(), PAUSE);
      }),
      server.onStarted(() => void this.load()),
    ];
    this.panel.onDidDispose(() => {
      clearTimeout(this.pause);
      vscode.Disposable.from(...this.listening).dispose();
      closed();
    });
  }

  reveal(): void {
    this.panel.reveal(undefined, true);
  }

  dispose(): void {
    this.panel.dispose();
  }

  private async heard(said: Said): Promise<void> {
    if (said.kind === "ready") await this.load();
    if (said.kind === "values") {
      this.values = said.values;
      await this.latest.offer(said.values);
    }
    if (said.kind === "write") await this.write(said.values);
  }

  /** Everything anew from the model as it is in the editor; a model with errors keeps what is shown, under a banner. */
  private async load(): Promise<void> {
    await this.telling(async () => {
      const equations = await this.ask<{ title: string; html: string }>("rateml/equations");
      const found = await this.ask<{ parameters: Parameter[] }>("rateml/parameters");
      const before = new Map(this.parameters.map((p) => [p.key, p.value]));
      for (const p of found.parameters) if (before.get(p.key) !== p.value) this.values[p.key] = p.value;
      this.parameters = found.parameters;
      const body = /<body>([\s\S]*)<\/body>/.exec(equations.html)?.[1] ?? "";
      this.post({ kind: "model", body, parameters: found.parameters, values: this.values });
      await this.latest.offer(this.values);
    });
  }

  private async compute(values: Record<string, number>): Promise<void> {
    await this.telling(async () => {
      const parameters = changed(this.parameters, values);
      this.post({ kind: "dynamics", answer: await this.ask("rateml/dynamics", { parameters, points: 2000 }) });
    });
  }

  private async telling(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.post({ kind: "fault", message: error instanceof Error ? error.message : String(error) });
    }
  }

  private async ask<T>(method: string, more: object = {}): Promise<T> {
    const client = this.server.client;
    if (!client) throw new Error("the language server is not running");
    return client.sendRequest<T>(method, { uri: this.model.toString(), ...more });
  }

  /** Put the values of the sliders into the Component. */
  private async write(values: Record<string, number>): Promise<void> {
    const edit = new vscode.WorkspaceEdit();
    for (const p of this.parameters) {
      const value = values[p.key];
      if (value === undefined || value === p.value || !p.range) continue;
      edit.replace(this.model, toRange(p.range), written(value, p.unit));
    }
    if (edit.size) await vscode.workspace.applyEdit(edit);
  }

  private post(message: object): void {
    void this.panel.webview.postMessage(message);
  }
}

/** The frame that messages fill: nothing is loaded but our own script and style. */
function page(webview: vscode.Webview, extension: vscode.Uri): string {
  const at = (folder: string, file: string): string => webview.asWebviewUri(vscode.Uri.joinPath(extension, folder, file)).toString();
  const nonce = randomBytes(16).toString("base64");
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="${policy}"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>Equations and dynamics</title>
<link rel="stylesheet" href="${at("media", "dynamics.css")}"/>
</head>
<body>
<main>
<p id="fault" role="status" hidden></p>
<section aria-labelledby="dynamics-title">
<h1 id="dynamics-title">One region alone</h1>
<div id="plots"></div>
<p id="ended" class="note"></p>
<div id="sliders"></div>
<p class="buttons"><button id="write" type="button" disabled>Write these values to the Component</button>
<button id="reset" type="button" disabled>Reset</button></p>
</section>
<article id="card" aria-label="Equations"></article>
</main>
<script nonce="${nonce}" src="${at("dist", "dynamics.js")}"></script>
</body>
</html>`;
}
