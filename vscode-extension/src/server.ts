/** The language server's life: found, started, restarted in turn, told about. */
import * as vscode from "vscode";
import type { CloseAction, LanguageClient, Trace } from "vscode-languageclient/node";
import type { Candidate } from "./candidates";
import { candidates } from "./candidates";
import { LazyChannel } from "./lazyChannel";
import { type Probe, probe, SAFE_ENVIRONMENT } from "./probe";
import { places } from "./pythons";
import { Serial } from "./serial";
import type { Status } from "./status";

const FEW_SECONDS = 60_000;
const MOST_CRASHES = 4;

/** Most of the extension's code: loaded with the first server, so that opening other files costs nothing. */
const protocol = () => import("vscode-languageclient/node");

type Ready = Extract<Probe, { kind: "ready" }>;

export class Server implements vscode.Disposable {
  client: LanguageClient | undefined;
  /** The Python in use. */
  ready: Ready | undefined;
  /** The last Python that lacked rateml. */
  lacking: string | undefined;
  private readonly serial = new Serial(() => this.replace());
  private readonly started = new vscode.EventEmitter<LanguageClient>();
  readonly onStarted = this.started.event;
  private crashes: number[] = [];
  /** What the editor and the server say to each other, when the setting asks for it. */
  private readonly traced = new LazyChannel("RateML Trace");

  constructor(
    private readonly log: vscode.LogOutputChannel,
    private readonly status: Status,
    private readonly offer: (lacking: string | undefined, tried: readonly string[]) => void,
  ) {}

  restart(): Promise<void> {
    return this.serial.run();
  }

  /** Restart only if another Python is found than the one in use. */
  async reconsider(): Promise<void> {
    const found = await this.find();
    if (found?.python !== this.ready?.python) await this.restart();
  }

  /** The server then asks for the settings. */
  async settingsChanged(): Promise<void> {
    await this.client?.sendNotification("workspace/didChangeConfiguration", { settings: null });
    await this.client?.setTrace(await trace());
  }

  async dispose(): Promise<void> {
    await this.stop();
    this.started.dispose();
    this.traced.dispose();
  }

  private async replace(): Promise<void> {
    await this.stop();
    this.status.busy("looking for Python");
    const found = await this.find();
    this.ready = found;
    if (!found) return;
    this.status.busy("starting");
    const { State } = await protocol();
    const client = await this.make(found);
    this.client = client;
    client.onDidChangeState(({ newState }) => {
      this.log.info(`the server is ${State[newState].toLowerCase()}`);
      if (newState === State.Starting) this.status.busy("starting");
      if (newState === State.Running) this.status.ok(`rateml ${found.rateml}, Python ${found.version}`);
    });
    client.onNotification("rateml/serverStatus", (told: { health: string; message?: string | null }) => {
      this.status.told(told.health, told.message ?? "");
    });
    try {
      await client.start();
      await client.setTrace(await trace());
      this.started.fire(client);
    } catch (error) {
      this.log.error(String(error));
      this.status.failed("the language server does not start: see the log");
    }
  }

  /** The first Python with rateml; without one the user is told once what is missing. */
  private async find(): Promise<Ready | undefined> {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const tried: string[] = [];
    this.lacking = undefined;
    for (const candidate of candidates(await places(folder), folder?.fsPath)) {
      const answer = await probe(candidate);
      this.log.info(`${candidate.command} (${candidate.source}): ${describe(answer)}`);
      if (answer.kind === "ready") return answer;
      if (answer.kind === "without") this.lacking ??= answer.python;
      tried.push(`${spelled(candidate)}: ${describe(answer)}`);
    }
    this.status.failed(this.lacking ? "rateml is not installed" : "no Python 3.11 or later was found");
    this.offer(this.lacking, tried);
    return undefined;
  }

  private async make(found: Ready): Promise<LanguageClient> {
    const { CloseAction, ErrorAction, LanguageClient, RevealOutputChannelOn } = await protocol();
    const run = {
      command: found.python,
      args: ["-m", "rateml_lsp", "--log-level", "warning"],
      options: { env: { ...process.env, ...SAFE_ENVIRONMENT } },
    };
    return new LanguageClient("rateml", "RateML", run, {
      documentSelector: [
        { scheme: "file", language: "rateml" },
        { scheme: "untitled", language: "rateml" },
      ],
      outputChannel: this.log,
      traceOutputChannel: this.traced,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: { ...vscode.workspace.getConfiguration().get<object>("rateml") },
      // Faults of closed files come from tasks, whose problem matcher would tell them a second time.
      middleware: { provideWorkspaceDiagnostics: () => ({ items: [] }) },
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue }),
        closed: () => this.crashed(CloseAction),
      },
    });
  }

  /** Start again, unless that happened too often of late. */
  private crashed(actions: typeof CloseAction): { action: CloseAction; handled: boolean; message?: string } {
    const now = Date.now();
    this.crashes = [...this.crashes.filter((then) => now - then < FEW_SECONDS), now];
    this.log.warn("the language server ended");
    if (this.crashes.length < MOST_CRASHES) {
      this.status.busy("starting again");
      return { action: actions.Restart, handled: true };
    }
    this.status.failed("the language server ended too often");
    void this.tellCrashes();
    return { action: actions.DoNotRestart, handled: true };
  }

  private async tellCrashes(): Promise<void> {
    const told = "The language server of RateML ended four times within a minute.";
    const chosen = await vscode.window.showErrorMessage(told, "Restart", "Show Log");
    if (chosen === "Show Log") this.log.show();
    this.crashes = [];
    if (chosen === "Restart") await this.restart();
  }

  private async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (!client) return;
    try {
      await client.dispose(5_000);
    } catch (error) {
      this.log.info(`while stopping: ${String(error)}`);
    }
  }
}

function describe(answer: Probe): string {
  switch (answer.kind) {
    case "ready":
      return `Python ${answer.version} with rateml ${answer.rateml}`;
    case "without":
      return `Python ${answer.version} without rateml[lsp]`;
    case "old":
      return `Python ${answer.version} is too old: rateml needs 3.11`;
    case "absent":
      return `does not run: ${answer.reason.split("\n")[0] ?? ""}`;
  }
}

function spelled(candidate: Candidate): string {
  return [candidate.command, ...candidate.args].join(" ");
}

async function trace(): Promise<Trace> {
  const { Trace } = await protocol();
  return Trace.fromString(vscode.workspace.getConfiguration("rateml").get<string>("trace.server", "off"));
}
