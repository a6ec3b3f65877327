// Machines that differ from the usual one: other extensions, no rateml, a folder that is not trusted.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fault, files, model, MODEL, python } from "./model.mjs";
import { logged, session, traced, until } from "./session.mjs";
import { barePython, pipCache, pythonExtension, wheel, xmlExtension } from "./stubs.mjs";

const DECLARED = "declared.xml";
/** For pip to bring rateml with what it needs. */
const INSTALLING = 600_000;

const withOthers = {
  name: "other-extensions",
  start: ({ root, vsix }) =>
    session({
      extensions: [vsix, pythonExtension(python(root)), xmlExtension()],
      settings: { "rateml.trace.server": "messages" },
      files: {
        ...files(root),
        [DECLARED]: `<?xml version="1.0" encoding="UTF-8"?>\n<!-- a > b -->\n${model}`,
        "plain.xml": '<?xml version="1.0"?>\n<project/>\n',
      },
    }),
  steps: {
    "the Python of the Python extension is used": async (opened) => {
      await fault(opened);
      assert.match(logged(opened.logs), /\(the Python extension\): Python 3\.\d+\.\d+ with rateml/);
    },
    "the trace has a channel of its own": async ({ logs }) => {
      await until(() => traced(logs)?.includes("textDocument/"), "the trace is written");
      assert.ok(!logged(logs).includes("textDocument/"), "and nowhere else");
    },
    "an XML extension keeps other XML, and no model": async ({ bench }) => {
      assert.equal(await bench.language(), "RateML");
      await bench.open("plain.xml");
      await until(async () => (await bench.language()) === "XML", "other XML has its language");
      await bench.command("Problems: Focus on Problems View");
      const seen = bench.page.locator(".markers-panel .monaco-list-row", { hasText: "seen by the XML extension" });
      await seen.first().waitFor();
      await bench.page.locator(".markers-panel .monaco-list-row", { hasText: "'etax' is not defined" }).waitFor();
      assert.equal(await seen.count(), 1);
    },
    "a model behind a declaration and a comment is one too": async ({ bench }) => {
      await bench.open(DECLARED);
      await until(async () => (await bench.language()) === "RateML", "it is found");
      await bench.command("Change Language Mode");
      await bench.page.locator(".quick-input-widget:visible input").first().fill("xml");
      await bench.take(bench.page.locator('.quick-input-list .monaco-list-row[aria-label^="XML"]').first());
      const seen = bench.page.locator(".markers-panel .monaco-list-row", { hasText: "seen by the XML extension" });
      await until(async () => (await seen.count()) === 2, "who wants it as XML has it so");
      assert.equal(await bench.language(), "XML");
    },
  },
};

const without = {
  name: "without-rateml",
  start: async ({ root, vsix }) => {
    const bare = barePython(root);
    const settings = { "rateml.interpreter": [bare], "rateml.requirement": `${wheel(root)}[lsp]` };
    return { bare, ...(await session({ extensions: [vsix], settings, files: files(root), env: { PIP_CACHE_DIR: pipCache(root) } })) };
  },
  steps: {
    "a machine without rateml gets one offer": async ({ bench }) => {
      await bench.open(MODEL);
      const offer = bench.page.locator(".notifications-toasts .notification-list-item", { hasText: "has no rateml" });
      await offer.getByText("Install", { exact: true }).first().waitFor();
      assert.equal(await offer.count(), 1);
    },
    "which runs pip in the terminal, and says when that fails": async ({ bench }) => {
      const offer = bench.page.locator(".notifications-toasts .notification-list-item", { hasText: "has no rateml" });
      await offer.getByText("Install", { exact: true }).first().click();
      await until(async () => (await bench.terminal()).includes("-mpipinstall/"), "the command line is in view");
      await until(async () => (await bench.terminal()).includes("Nomodulenamedpip"), "what pip says is in view");
      await bench.page.locator(".notifications-toasts", { hasText: "pip failed; the terminal says why" }).waitFor();
    },
    "where there is pip, rateml is installed and its server starts": async (opened) => {
      const { bare, bench, logs } = opened;
      execFileSync(bare, ["-m", "ensurepip"], { stdio: "pipe" });
      await bench.command("RateML: Install rateml in the Selected Python");
      await until(async () => (await bench.terminal()).includes("Successfullyinstalled"), "pip has installed", INSTALLING);
      await until(() => /with rateml \d[^]*the server is running/.test(logged(logs)), "the server runs");
      await bench.command("View: Close All Editors");
      await fault(opened);
    },
  },
};

const marker = join(mkdtempSync(join(tmpdir(), "rateml-trust-")), "ran");

const untrusted = {
  name: "untrusted",
  start: ({ root, vsix }) =>
    session({
      extensions: [vsix],
      settings: { "security.workspace.trust.enabled": true, "security.workspace.trust.startupPrompt": "never", "rateml.interpreter": [python(root)] },
      files: {
        ...files(root),
        ".vscode/settings.json": JSON.stringify({ "rateml.interpreter": ["/bin/touch", marker] }),
        "rateml_lsp/__init__.py": `open(${JSON.stringify(marker)}, "w").close()`,
      },
    }),
  steps: {
    "a folder that is not trusted chooses no Python": async (opened) => {
      await opened.bench.page.locator(".statusbar-item", { hasText: "Restricted Mode" }).first().waitFor();
      await fault(opened);
      assert.ok(!existsSync(marker), "nothing of the folder ran");
    },
  },
};

export const machines = [withOthers, without, untrusted];
