/** Starts what the other files hold. */
import * as vscode from "vscode";
import { Banner } from "./banner";
import { registerCommands } from "./commands";
import { isModel } from "./detect";
import { DynamicsPanels } from "./dynamics";
import { Highlighter } from "./highlight";
import { Jump } from "./jump";
import { offer } from "./missing";
import { Previews } from "./preview";
import { watch } from "./pythons";
import { Server } from "./server";
import { Status } from "./status";
import { Tasks } from "./tasks";

/** Characters of a file that are looked at to know a model. */
const HEAD = 4_000;

export function activate(context: vscode.ExtensionContext): void {
  const begun = performance.now();
  const log = vscode.window.createOutputChannel("RateML", { log: true });
  const status = new Status();
  const server = new Server(log, status, (lacking, tried) => void offer(log, lacking, tried));
  const previews = new Previews(server, log);
  const panels = new DynamicsPanels(context, server);
  const tasks = new Tasks(server);
  const parts = { context, server, previews, panels, tasks, log };
  let wanted = false;

  /** XML of other kinds starts nothing. */
  const meet = (document: vscode.TextDocument): void => {
    if (document.languageId === "xml") void detect(document);
    if (document.languageId !== "rateml" || wanted) return;
    wanted = true;
    void begin();
  };
  const begin = async (): Promise<void> => {
    context.subscriptions.push(...(await watch(() => void server.reconsider())));
    await server.restart();
  };

  context.subscriptions.push(
    log,
    status,
    server,
    previews,
    panels,
    new Banner(previews),
    new Highlighter(previews),
    new Jump(previews),
    vscode.tasks.registerTaskProvider("rateml", tasks),
    ...registerCommands(parts),
    vscode.workspace.onDidOpenTextDocument(meet),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      if (wanted) void begin();
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (!wanted || !event.affectsConfiguration("rateml")) return;
      if (event.affectsConfiguration("rateml.interpreter")) void server.restart();
      else void server.settingsChanged();
    }),
  );
  vscode.workspace.textDocuments.forEach(meet);
  log.info(`activated in ${(performance.now() - begun).toFixed(0)} ms`);
}

/** What was made a model once: who makes it XML again means that. */
const detected = new WeakSet<vscode.TextDocument>();

/** Make a model of an XML file that begins as one. */
async function detect(document: vscode.TextDocument): Promise<void> {
  if (detected.has(document)) return;
  if (!["file", "untitled"].includes(document.uri.scheme)) return;
  if (!vscode.workspace.getConfiguration("rateml", document).get<boolean>("detect", true)) return;
  const head = document.getText(new vscode.Range(new vscode.Position(0, 0), document.positionAt(HEAD)));
  if (!isModel(head)) return;
  detected.add(document);
  await vscode.languages.setTextDocumentLanguage(document, "rateml");
}
