// What the extension must show, as a user sees it.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commands, TASKS } from "./commands.mjs";
import { EQUATION, fault, files, MODEL, OLD, place, python, revert } from "./model.mjs";
import { panel } from "./panel.mjs";
import { descendants, logged, session, traced, until } from "./session.mjs";
import { barePython, pythonExtension, xmlExtension } from "./stubs.mjs";

const KEYS = 15;

const editing = {
  name: "editing",
  start: ({ root, vsix }) =>
    session({
      extensions: [vsix],
      settings: { "rateml.interpreter": [python(root)] },
      files: { ...files(root), ".vscode/tasks.json": TASKS },
    }),
  steps: {
    "a fault is underlined": fault,
    "a quick fix mends it": async ({ bench }) => {
      await bench.keyboard.press("ArrowLeft");
      await bench.keyboard.press("Control+.");
      await bench.page.locator(".action-widget .monaco-list-row", { hasText: "eta" }).first().click();
      await bench.squiggle("detached");
      await until(async () => (await bench.text()).includes("V^2 + eta + J"), "the name is right again");
    },
    "keys to squiggles": async ({ bench }) => {
      await bench.goto(...place(EQUATION));
      const times = [];
      for (let n = 0; n < KEYS; n++) {
        times.push(await bench.keyToSquiggle("x"));
        await bench.keyboard.press("Backspace");
        await bench.squiggle("detached");
      }
      times.sort((a, b) => a - b);
      return { keyToSquiggleMedianMs: Math.round(times[(KEYS - 1) / 2]), keyToSquiggleMostMs: Math.round(times.at(-1)) };
    },
    "a name is completed inside an expression": async ({ bench }) => {
      await bench.goto(...place(EQUATION));
      await bench.keyboard.type(" + Del");
      await bench.keyboard.press("Control+Space");
      await bench.page.locator(".suggest-widget.visible .monaco-list-row", { hasText: "Delta" }).first().waitFor();
      await bench.page.screenshot({ path: new URL("results/completion.png", import.meta.url).pathname });
      await bench.keyboard.press("Tab");
      await until(async () => (await bench.text()).includes("V^2 + eta + Delta + J"), "the name is completed");
      await revert({ bench });
    },
    "an equation tells when hovered": async ({ bench }) => {
      await bench.goto(...place(EQUATION));
      await bench.command("Show or Focus Hover");
      const hover = bench.page.locator(".monaco-hover:visible", { hasText: "excitability" }).first();
      await hover.waitFor();
    },
    "a name is renamed across expressions": async ({ bench }) => {
      await bench.keyboard.press("Escape");
      await bench.goto(...place('<DerivedVariable name="pitr'));
      await bench.keyboard.press("F2");
      const box = bench.page.locator(".rename-box input").first();
      await box.waitFor();
      await box.fill("rate_squared");
      await bench.keyboard.press("Enter");
      await until(async () => (await bench.text()).includes("- rate_squared^2"), "the equation has the new name");
      await bench.page.screenshot({ path: new URL("results/renamed.png", import.meta.url).pathname });
      await revert({ bench });
    },
    "the generated code opens beside": async ({ bench }) => {
      await bench.command("RateML: Show Generated Code to the Side");
      await bench.page.locator('.tab[data-resource-name="montbrio_pazo_roxin_numba.py"]').waitFor();
      await bench.group(1).locator(".view-line").nth(5).waitFor();
    },
    "the cursor in an equation marks its code": async ({ bench }) => {
      await bench.goto(...place(EQUATION));
      await bench.group(1).locator('.view-overlays [class*="TextEditorDecorationType"]').first().waitFor();
      await until(async () => (await bench.text(1)).includes("eta"), "the marked lines are in view");
    },
    "the code follows typing": async ({ bench }) => {
      const before = await bench.text(1);
      await bench.goto(...place(EQUATION));
      await bench.keyboard.type(" + 17.25");
      await until(async () => (await bench.text(1)).includes("17.25"), "the code has the number");
      assert.ok(!before.includes("17.25"));
    },
    "a broken model keeps the last good code under a banner": async ({ bench }) => {
      await bench.keyboard.type(" + nothing");
      await bench.squiggle();
      const banner = () => bench.shows(1, "the last good code");
      await until(banner, "the banner is there");
      await until(async () => (await bench.text(1)).includes("17.25"), "the last good code is what is shown");
      await bench.page.screenshot({ path: new URL("results/banner.png", import.meta.url).pathname });
      await revert({ bench });
      await until(async () => !(await banner()), "the banner is gone");
    },
    "the cursor in the code marks the equation": async ({ bench }) => {
      await bench.goto(1, 1);
      await bench.focus(1);
      await bench.keyboard.press("Control+f");
      const find = bench.group(1).locator(".find-widget.visible textarea, .find-widget.visible .monaco-inputbox .input").first();
      await find.waitFor();
      await bench.keyboard.type("eta");
      await bench.keyboard.press("Escape");
      const marks = bench.group(0).locator('.view-overlays [class*="TextEditorDecorationType"]');
      for (let n = 0; n < 60 && !(await marks.count()); n++) {
        await bench.keyboard.press("ArrowDown");
        await bench.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      }
      await marks.first().waitFor();
    },
    "a click with Ctrl goes from the code to the equation": async ({ bench }) => {
      await bench.goto(1, 1);
      await bench.focus(1);
      await bench.keyboard.press("Control+f");
      await bench.group(1).locator(".find-widget.visible").waitFor();
      await bench.keyboard.type("V * V + eta");
      await bench.keyboard.press("Escape");
      const name = bench.group(1).locator(".view-line", { hasText: "V * V + eta" }).first().locator("span span", { hasText: "rate_" }).first();
      await name.click({ modifiers: ["Control"] });
      // The editor opens a definition in the group of the click.
      await bench.group(1).locator(`.tab.active[data-resource-name="${MODEL}"]`).waitFor();
      const line = String(place(EQUATION)[0]);
      const at = bench.group(1).locator(".monaco-editor.focused .line-numbers.active-line-number").first();
      await until(async () => (await at.innerText()) === line, "the cursor is in the equation");
      await bench.command("View: Close Editor");
      await bench.group(1).locator('.tab.active[data-resource-name="montbrio_pazo_roxin_numba.py"]').waitFor();
    },
    "what changed is compared with the saved model": async ({ bench }) => {
      await bench.goto(...place(EQUATION));
      await bench.keyboard.type(" + 17.25");
      await until(async () => (await bench.text(1)).includes("17.25"), "the code has the number");
      await bench.command("RateML: Compare Generated Code with the Saved Model's");
      await bench.page.locator(".monaco-diff-editor .line-insert").first().waitFor();
      await bench.page.screenshot({ path: new URL("results/compared.png", import.meta.url).pathname });
      await bench.tab(MODEL);
      await revert({ bench });
    },
    "another target is chosen": async ({ bench }) => {
      await bench.command("RateML: Select Target of the Generated Code");
      await bench.pick("cuda");
      await bench.page.locator('.tab[data-resource-name$=".cu"]').waitFor();
      await until(async () => /__global__|float|double/.test(await bench.text(1)), "the kernel is shown");
    },
    ...panel,
    "a file of 2022 is migrated": async ({ bench }) => {
      await bench.command("View: Close All Editors");
      await bench.open(OLD);
      await bench.page.locator(".squiggly-info, .squiggly-warning, .squiggly-hint, .squiggly-error").first().waitFor();
      await bench.command("RateML: Migrate This File to RateML 1");
      await bench.keyboard.press("Control+Home");
      await until(async () => (await bench.text()).includes("rml:version"), "the file is RateML 1");
      await bench.page.screenshot({ path: new URL("results/migrated.png", import.meta.url).pathname });
      await bench.command("File: Revert File");
    },
    "the palette builds": async ({ bench, folder }) => {
      await bench.command("View: Close All Editors");
      await bench.open(MODEL);
      await bench.command("RateML: Build…");
      await bench.pick("numba");
      await bench.accept("Folder to write into");
      await until(() => existsSync(join(folder, "built/montbrio_pazo_roxin_numba.py")), "the module is there");
      await bench.page.locator(".notifications-toasts", { hasText: "numba code is in" }).waitFor();
    },
    ...commands,
    "a new model comes from the library": async ({ bench }) => {
      await bench.command("RateML: New Model…");
      await bench.pick("dumont_gutkin");
      await until(async () => (await bench.text()).includes("Dumont and Gutkin"), "the model is open");
    },
    "a killed server comes back": async ({ bench, pid }) => {
      const servers = () => descendants(pid, "-m rateml_lsp");
      const [before] = servers();
      assert.ok(before, "there is a server");
      process.kill(before, "SIGKILL");
      await until(() => servers().some((now) => now !== before), "another server runs");
      await bench.open(MODEL);
      await bench.goto(...place(EQUATION));
      await bench.keyboard.type("x");
      await bench.squiggle();
    },
    "one that ends again and again is left alone, which is told": async ({ bench, logs, pid }) => {
      const servers = () => descendants(pid, "-m rateml_lsp");
      const starts = () => logged(logs).split("the server is running").length;
      const told = bench.page.locator(".notifications-toasts .notification-list-item", { hasText: "ended four times" });
      for (let n = 0; n < 20 && !(await told.count()); n++) {
        const before = starts();
        const [server] = await until(() => servers().length && servers(), "a server runs");
        process.kill(server, "SIGKILL");
        await until(async () => starts() > before || (await told.count()), "another server runs, or none is started");
      }
      await until(() => servers().length === 0, "no server runs");
      await bench.squiggle("detached");
      await told.getByText("Restart", { exact: true }).first().click();
      await bench.squiggle();
    },
    "nothing is traced that nobody asked for": ({ logs }) => assert.equal(traced(logs), undefined),
    "activation is quick": async ({ logs }) => {
      const [, told] = await until(() => /activated in (\d+) ms/.exec(logged(logs)), "the log tells it");
      return { activationMs: Number(told) };
    },
  },
};

const withOthers = {
  name: "other-extensions",
  start: ({ root, vsix }) =>
    session({
      extensions: [vsix, pythonExtension(python(root)), xmlExtension()],
      settings: { "rateml.trace.server": "messages" },
      files: { ...files(root), "plain.xml": '<?xml version="1.0"?>\n<project/>\n' },
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
  },
};

const without = {
  name: "without-rateml",
  start: ({ root, vsix }) => session({ extensions: [vsix], settings: { "rateml.interpreter": [barePython(root)] }, files: files(root) }),
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
      await until(async () => (await bench.terminal()).includes("-mpipinstallrateml[lsp]"), "the command line is in view");
      await until(async () => (await bench.terminal()).includes("Nomodulenamedpip"), "what pip says is in view");
      await bench.page.locator(".notifications-toasts", { hasText: "pip failed; the terminal says why" }).waitFor();
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

export const scenarios = [editing, withOthers, without, untrusted];
