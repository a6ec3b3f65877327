/** What the palette, menus, lenses and the walkthrough call. */
import { basename, dirname, join } from "node:path";
import * as vscode from "vscode";
import type { DynamicsPanels } from "./dynamics";
import { toRange } from "./highlight";
import { install, run } from "./missing";
import { builtFrom, newModel, rateml } from "./models";
import { type Previews, SCHEME, type Shown, TARGETS } from "./preview";
import { select } from "./pythons";
import type { Server } from "./server";
import type { Range } from "./sourceMap";
import type { Tasks } from "./tasks";

const PAGES = "rateml-page";

export interface Parts {
  readonly context: vscode.ExtensionContext;
  readonly server: Server;
  readonly previews: Previews;
  readonly panels: DynamicsPanels;
  readonly tasks: Tasks;
  readonly log: vscode.LogOutputChannel;
}

export function registerCommands(parts: Parts): vscode.Disposable[] {
  const { context, server, previews, panels, log } = parts;
  const pages = new Map<string, string>();
  const commands: Record<string, (...args: never[]) => unknown> = {
    preview: (uri?: string) => previews.open(model(uri), firstTarget()),
    "preview.selectTarget": () => selectTarget(previews),
    "preview.compare": () => compare(previews, server, pages),
    dynamics: (uri?: string) => {
      panels.show(model(uri));
    },
    check: () => check(parts),
    build: () => build(parts),
    sweep: (uri?: string) => sweep(server, model(uri)),
    dashboard: (uri?: string) => dashboard(server, model(uri)),
    migrate: () => migrate(),
    newModel: () => newModel(server.ready?.python),
    openSample: () => openSample(context),
    explain: () => explain(server, pages),
    references: () => references(),
    install: () => installed(server),
    selectInterpreter: () => select(),
    restart: () => server.restart(),
    showLogs: () => {
      log.show();
    },
    debugInformation: () => debugInformation(context, server),
    showReferences: (uri: string, at: Range["start"], places: { uri: string; range: Range }[]) =>
      vscode.commands.executeCommand(
        "editor.action.showReferences",
        vscode.Uri.parse(uri),
        new vscode.Position(at.line, at.character),
        places.map((p) => new vscode.Location(vscode.Uri.parse(p.uri), toRange(p.range))),
      ),
  };
  return [
    vscode.workspace.registerTextDocumentContentProvider(PAGES, {
      provideTextDocumentContent: (uri) => pages.get(uri.toString()) ?? "",
    }),
    ...Object.entries(commands).map(([name, command]) =>
      vscode.commands.registerCommand(`rateml.${name}`, async (...args: never[]) => {
        try {
          await command(...args);
        } catch (error) {
          log.error(String(error));
          void vscode.window.showErrorMessage(`RateML: ${reason(error)}`);
        }
      }),
    ),
  ];
}

function reason(error: unknown): string {
  const { stderr } = error as { stderr?: string };
  return stderr?.trim() || (error instanceof Error ? error.message : String(error));
}

/** The model that a command is about: its argument, or that of the active editor. */
function model(uri?: string | vscode.Uri): vscode.Uri {
  if (uri instanceof vscode.Uri) return uri;
  if (typeof uri === "string") return vscode.Uri.parse(uri);
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId !== "rateml") throw new Error("open a model first");
  return document.uri;
}

/** The saved file of a model. */
async function saved(uri: vscode.Uri): Promise<string> {
  const document = await vscode.workspace.openTextDocument(uri);
  if (document.isUntitled || (document.isDirty && !(await document.save()))) throw new Error("save the model first");
  return document.uri.fsPath;
}

function pythonOf(server: Server): string {
  const python = server.ready?.python;
  if (!python) throw new Error("there is no Python with rateml: run “RateML: Select Python…”");
  return python;
}

function firstTarget(): string {
  return vscode.workspace.getConfiguration("rateml").get<string>("preview.target", "numba");
}

function activePreview(previews: Previews): Shown | undefined {
  const active = vscode.window.activeTextEditor?.document.uri;
  return active && (active.scheme === SCHEME ? previews.of(active) : previews.for(active)[0]);
}

async function selectTarget(previews: Previews): Promise<void> {
  const uri = activePreview(previews)?.model ?? model();
  const target = await vscode.window.showQuickPick([...TARGETS], { title: "Target of the generated code" });
  if (target) await previews.open(uri, target);
}

async function compare(previews: Previews, server: Server, pages: Map<string, string>): Promise<void> {
  const shown = activePreview(previews);
  if (!shown) throw new Error("show the generated code first");
  if (shown.model.scheme !== "file") throw new Error("save the model first");
  const { file } = shown.answer;
  const before = vscode.Uri.from({ scheme: PAGES, path: `/saved/${file}`, query: shown.address.query });
  pages.set(before.toString(), await builtFrom(pythonOf(server), shown.model.fsPath, shown.target, file));
  await vscode.commands.executeCommand("vscode.diff", before, shown.address, `${file}: saved ↔ now`);
}

async function check({ server, tasks }: Parts): Promise<void> {
  pythonOf(server);
  const task = tasks.task({ type: "rateml", command: "check" }, await saved(model()));
  if (!task) return;
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Silent };
  await run(task);
  await vscode.commands.executeCommand("workbench.actions.view.problems");
}

async function build({ server, tasks }: Parts): Promise<void> {
  pythonOf(server);
  const file = await saved(model());
  const target = await vscode.window.showQuickPick([...TARGETS, "docs"], { title: `Build ${basename(file)}: target` });
  if (!target) return;
  const output = await vscode.window.showInputBox({ title: "Folder to write into", value: join(dirname(file), "built") });
  if (!output) return;
  const task = tasks.task({ type: "rateml", command: "build", args: ["--target", target, "-o", output] }, file);
  if (!task) return;
  const code = await run(task);
  if (code === 0) void vscode.window.showInformationMessage(`RateML: ${target} code is in ${output}`);
  else void vscode.window.showErrorMessage("RateML: the build failed; the terminal says why");
}

/** In the terminal, where progress is seen and Ctrl-C stops in order. */
async function sweep(server: Server, uri: vscode.Uri): Promise<void> {
  const python = pythonOf(server);
  const file = await saved(uri);
  const store = file.replace(/(\.rateml)?(\.xml)?$/, ".zarr");
  typed("rateml sweep", dirname(file), [python, "-m", "rateml", "sweep", file, "-o", store]);
}

/** The same in `rateml-tui`: it has a form for a sweep, runs, and maps. */
async function dashboard(server: Server, uri: vscode.Uri): Promise<void> {
  const python = pythonOf(server);
  const file = await saved(uri);
  typed("rateml-tui", dirname(file), [python, "-m", "rateml_tui", file], true);
}

/** A command line in a new terminal; not `entered`, it waits for what the user adds. */
function typed(name: string, cwd: string, parts: readonly string[], entered = false): void {
  const terminal = vscode.window.createTerminal({ name, cwd, env: SAFE });
  terminal.show();
  terminal.sendText(parts.map(quoted).join(" "), entered);
}

const SAFE = { PYTHONSAFEPATH: "1" };

function quoted(part: string): string {
  if (/^[\w./:\\+=,@-]+$/.test(part)) return part;
  return process.platform === "win32" ? `"${part}"` : `'${part.replaceAll("'", "'\\''")}'`;
}

async function migrate(): Promise<void> {
  const uri = model();
  const document = await vscode.workspace.openTextDocument(uri);
  const whole = new vscode.Range(0, 0, document.lineCount, 0);
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    "vscode.executeCodeActionProvider",
    uri,
    whole,
    vscode.CodeActionKind.RefactorRewrite.value,
    100,
  );
  const action = actions.find((a) => a.title.startsWith("migrate this file"));
  if (!action) throw new Error("this file is no model of 2022 and no plain LEMS: there is nothing to migrate");
  if (!action.edit?.size) throw new Error("this file has errors that come first: see the Problems view");
  await vscode.workspace.applyEdit(action.edit);
}

async function openSample(context: vscode.ExtensionContext): Promise<void> {
  const sample = vscode.Uri.joinPath(context.extensionUri, "samples", "montbrio.rateml.xml");
  const content = new TextDecoder().decode(await vscode.workspace.fs.readFile(sample));
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: "rateml", content }));
}

async function explain(server: Server, pages: Map<string, string>): Promise<void> {
  const rule = await chooseRule("Explain");
  if (!rule) return;
  const page = vscode.Uri.from({ scheme: PAGES, path: `/${rule}.md` });
  pages.set(page.toString(), await rateml(pythonOf(server), "explain", rule));
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(page), vscode.ViewColumn.Beside);
}

/** Where a rule of this file is told: here, and in other models that have diagnostics. */
async function references(): Promise<void> {
  const uri = model();
  const rule = await chooseRule("References of a rule");
  if (!rule) return;
  const told = vscode.languages.getDiagnostics();
  const places = told.flatMap(([of, all]) => all.filter((d) => ruleOf(d) === rule).map((d) => new vscode.Location(of, d.range)));
  const first = places.find((place) => place.uri.toString() === uri.toString());
  if (!first) throw new Error(`${rule} is told no longer`);
  await vscode.commands.executeCommand("editor.action.showReferences", uri, first.range.start, places);
}

/** One of the rules that this file has diagnostics of; `undefined` where the user chooses none. */
async function chooseRule(title: string): Promise<string | undefined> {
  const found = vscode.languages.getDiagnostics(model()).flatMap((diagnostic) => {
    const label = ruleOf(diagnostic);
    return label.startsWith("RML") ? [{ label, description: diagnostic.message.split("\n")[0] ?? "" }] : [];
  });
  if (!found.length) throw new Error("this file has no diagnostics");
  return (await vscode.window.showQuickPick(found, { title }))?.label;
}

function ruleOf({ code }: vscode.Diagnostic): string {
  return typeof code === "object" ? String(code.value) : String(code ?? "");
}

async function installed(server: Server): Promise<void> {
  if (!server.lacking) await server.restart();
  if (!server.lacking) throw new Error(server.ready ? "rateml is there already" : "there is no Python to install into");
  if (await install(server.lacking)) await server.restart();
  else throw new Error("pip failed; the terminal says why");
}

async function debugInformation(context: vscode.ExtensionContext, server: Server): Promise<void> {
  const { version } = context.extension.packageJSON as { version: string };
  const content = JSON.stringify(
    {
      extension: version,
      editor: `${vscode.env.appName} ${vscode.version}`,
      platform: `${process.platform} ${process.arch}`,
      trusted: vscode.workspace.isTrusted,
      python: server.ready ?? null,
      lacking: server.lacking ?? null,
      settings: vscode.workspace.getConfiguration().get("rateml"),
    },
    null,
    2,
  );
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: "json", content }));
}
