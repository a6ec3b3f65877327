// What the extension must show, as a user sees it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { descendants, logged, session, until } from "./session.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const MODEL = "montbrio.xml";
const OLD = "old.xml";
const KEYS = 15;

let model = "";

/** Line and column, from 1, of the end of a text in the model. */
function place(text, within = model) {
  const end = within.indexOf(text) + text.length;
  assert.ok(end >= text.length, `the model has no ${text}`);
  const before = within.slice(0, end).split("\n");
  return [before.length, before.at(-1).length + 1];
}

function files(root) {
  model = readFileSync(join(root, "rateml/models/montbrio.xml"), "utf8");
  return { [MODEL]: model, [OLD]: readFileSync(join(root, "tests/legacy/files/mpr.xml"), "utf8") };
}

const python = (root) => process.env.RATEML_PYTHON ?? join(root, ".venv/bin/python");
const EQUATION = "V^2 + eta";

async function fault({ bench }) {
  await bench.open(MODEL);
  await bench.goto(...place(EQUATION));
  await bench.keyboard.type("x");
  await bench.squiggle();
}

async function revert({ bench }) {
  await bench.focus(0);
  await bench.command("File: Revert File");
  await bench.page.locator(".tab.dirty").waitFor({ state: "detached" });
  await bench.squiggle("detached");
}

const editing = {
  name: "editing",
  start: ({ root, vsix }) => session({ extensions: [vsix], settings: { "rateml.interpreter": [python(root)] }, files: files(root) }),
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
    "a slider moves the trace": async ({ bench }) => {
      await bench.command("View: Close All Editors");
      await bench.open(MODEL);
      await bench.command("RateML: Show Equations and Dynamics");
      const frame = await until(() => bench.frame("#plots path.trace"), "the trace is drawn");
      const trace = () => frame.locator("#plots path.trace").first().getAttribute("d");
      const clines = () => frame.locator("#plots path.nullcline").first().getAttribute("d");
      const [before, line] = [await trace(), await clines()];
      assert.ok(before.length > 200 && line.length > 20, "there are curves");
      await frame.locator("#slider-eta").focus();
      await frame.locator("#slider-eta").evaluate((slider) => {
        slider.value = "-2";
        slider.dispatchEvent(new Event("input"));
      });
      await until(async () => (await trace()) !== before && (await clines()) !== line, "trace and nullcline follow");
      assert.ok((await frame.locator("#card math").count()) > 3, "equations are typeset");
      await bench.command("View: Toggle Primary Side Bar Visibility");
      await frame.evaluate(() => scrollTo(0, 0));
      await bench.page.screenshot({ path: new URL("results/dynamics.png", import.meta.url).pathname });
      await bench.command("View: Toggle Primary Side Bar Visibility");
    },
    "the panel has no fault that axe finds": async ({ bench }) => {
      const frame = await bench.frame("#plots path.trace");
      await frame.evaluate(axe);
      const found = await frame.evaluate(async () => (await window.axe.run()).violations.map((v) => [v.id, v.nodes.map((n) => n.html)]));
      assert.deepEqual(found, []);
      return { axeViolations: found.length };
    },
    "values are written to the Component": async ({ bench }) => {
      const frame = await bench.frame("#plots path.trace");
      await frame.locator("#write").click();
      await bench.goto(...place('<Component id="mpr"'));
      await until(async () => (await bench.text()).includes('eta="-2"'), "the Component has the value");
      await revert({ bench });
    },
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
    "the problem matcher of a task reports": async ({ bench, folder }) => {
      writeFileSync(join(folder, "broken.xml"), model.replace(EQUATION, "V^2 + etax"));
      await bench.open("broken.xml");
      await bench.command("RateML: Check This Model");
      // One of the server, and one of the task.
      await bench.page.locator(".markers-panel .monaco-list-row", { hasText: "'etax' is not defined" }).nth(1).waitFor();
    },
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
    "activation is quick": async ({ logs }) => {
      const [, told] = await until(() => /activated in (\d+) ms/.exec(logged(logs)), "the log tells it");
      return { activationMs: Number(told) };
    },
  },
};

/** A stand-in for the Python extension, with the part of its API that is used. */
function pythonExtension(interpreter) {
  const folder = mkdtempSync(join(tmpdir(), "rateml-stub-"));
  const manifest = {
    name: "python", publisher: "ms-python", version: "2026.1.0", engines: { vscode: "^1.82.0" }, main: "main.js", activationEvents: ["*"],
    repository: "https://example.org/stub", license: "MIT",
  };
  const main = `const uri = require("vscode").Uri.file(${JSON.stringify(interpreter)});
exports.activate = () => ({ environments: {
  getActiveEnvironmentPath: () => ({ path: uri.fsPath }),
  resolveEnvironment: async () => ({ executable: { uri } }),
  onDidChangeActiveEnvironmentPath: () => ({ dispose() {} }),
} });`;
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(folder, "main.js"), main);
  const vsce = createRequire(import.meta.url).resolve("@vscode/vsce/vsce");
  execFileSync(process.execPath, [vsce, "package", "--no-dependencies", "--skip-license", "-o", "stub.vsix"], { cwd: folder, stdio: "pipe" });
  return join(folder, "stub.vsix");
}

const withPython = {
  name: "python-extension",
  start: ({ root, vsix }) => session({ extensions: [vsix, pythonExtension(python(root))], files: files(root) }),
  steps: {
    "the Python of the Python extension is used": async (opened) => {
      await fault(opened);
      assert.match(logged(opened.logs), /\(the Python extension\): Python 3\.\d+\.\d+ with rateml/);
    },
  },
};

/** A Python without rateml. */
function barePython(root) {
  const folder = mkdtempSync(join(tmpdir(), "rateml-bare-"));
  execFileSync(python(root), ["-m", "venv", "--without-pip", folder]);
  return join(folder, "bin/python");
}

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

export const scenarios = [editing, withPython, without, untrusted];
