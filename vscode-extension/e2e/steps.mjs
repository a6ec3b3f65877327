// What the extension must show, as a user sees it.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { commands, TASKS } from "./commands.mjs";
import { machines } from "./machines.mjs";
import { EQUATION, fault, files, MODEL, OLD, place, python, revert } from "./model.mjs";
import { panel } from "./panel.mjs";
import { descendants, logged, session, traced, until } from "./session.mjs";

const KEYS = 15;
/** What EQUATION becomes. */
const CODE = "V * V + eta";

const editing = {
  name: "editing",
  start: ({ root, vsix }) =>
    session({
      extensions: [vsix],
      settings: { "rateml.interpreter": [python(root)], "rateml.theme": "dark" },
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
      const [median, most] = [times[(KEYS - 1) / 2], times.at(-1)].map(Math.round);
      return { "key to squiggle": `median ${median} ms of ${KEYS} keys, most ${most} ms (a median of at most 250 wanted)` };
    },
    "a name is completed inside an expression": async ({ bench }) => {
      await bench.goto(...place(EQUATION));
      await bench.keyboard.type(" + ");
      await bench.keyboard.press("Control+Space");
      const names = bench.page.locator(".suggest-widget.visible .monaco-list-row");
      await names.filter({ hasText: "Delta" }).first().waitFor();
      await bench.picture("completion");
      await bench.keyboard.type("Del");
      await bench.page.locator(".suggest-widget.visible .monaco-list-row.focused", { hasText: "Delta" }).waitFor();
      await bench.keyboard.press("Tab");
      await until(async () => (await bench.text()).includes("V^2 + eta + Delta + J"), "the name is completed");
      await revert({ bench });
    },
    "an equation tells when hovered": async ({ bench }) => {
      await bench.goto(...place(EQUATION));
      await bench.command("Show or Focus Hover");
      await bench.page.locator(".monaco-hover:visible", { hasText: "excitability" }).first().waitFor();
      await bench.keyboard.press("Escape");
      await bench.goto(...place('<TimeDerivative variable="V'));
      // The text is there at once, the typeset equation when it is drawn.
      const hover = bench.page.locator(".monaco-hover:visible", { hasText: "state variable" }).first();
      await until(async () => {
        await bench.keyboard.press("Escape");
        await bench.command("Show or Focus Hover");
        await hover.waitFor();
        return hover.locator("img").count();
      }, "the equation is typeset");
      await bench.picture("hover");
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
      await bench.picture("renamed");
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
      await bench.command("View: Toggle Primary Side Bar Visibility");
      await bench.goto(place(EQUATION)[0], 1);
      await bench.goto(...place('value="(V^2'));
      await bench.picture("preview");
      await bench.command("View: Toggle Primary Side Bar Visibility");
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
      await bench.picture("banner");
      await revert({ bench });
      await until(async () => !(await banner()), "the banner is gone");
    },
    "the cursor in the code marks the equation": async ({ bench }) => {
      await bench.goto(1, 1);
      const marks = bench.group(0).locator('.view-overlays [class*="TextEditorDecorationType"]');
      await bench.find(CODE, 1);
      await marks.first().waitFor();
    },
    "a click with Ctrl goes from the code to the equation": async ({ bench }) => {
      await bench.goto(1, 1);
      await bench.find(CODE, 1);
      const name = bench.group(1).locator(".view-line", { hasText: CODE }).first().locator("span span", { hasText: "rate_" }).first();
      await name.click({ modifiers: ["Control"] });
      const line = String(place(EQUATION)[0]);
      const at = bench.group(0).locator(".monaco-editor.focused .line-numbers.active-line-number").first();
      await until(async () => (await at.count()) && (await at.innerText()) === line, "the cursor is in the equation, where the model is open");
      await until(async () => (await bench.page.locator(`.tab[data-resource-name="${MODEL}"]`).count()) === 1, "the model is open once");
      await bench.group(1).locator('.tab.active[data-resource-name="montbrio_pazo_roxin_numba.py"]').waitFor();
    },
    "what changed is compared with the saved model": async ({ bench }) => {
      await bench.goto(...place(EQUATION));
      await bench.keyboard.type(" + 17.25");
      await until(async () => (await bench.text(1)).includes("17.25"), "the code has the number");
      await bench.command("RateML: Compare Generated Code with the Saved Model's");
      await bench.page.locator(".monaco-diff-editor .line-insert").first().waitFor();
      await bench.picture("compared");
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
      await bench.picture("migrated");
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
    "activation is quick": async ({ bench, logs }) => {
      const [, alone] = await until(() => /activated in (\d+) ms/.exec(logged(logs)), "the log tells it");
      await bench.command("Developer: Show Running Extensions");
      const rows = bench.page.locator(".runtime-extensions-editor .monaco-list-row");
      const own = rows.filter({ hasText: "RateML" }).first();
      await rows.first().hover();
      // The slowest come first, and what is out of view is not in the page.
      await until(async () => (await own.count()) || void (await bench.page.mouse.wheel(0, 200)), "the editor lists it");
      const [, told] = await until(async () => /Activation: (\d+)ms/.exec(await own.innerText()), "the editor tells how long it took");
      return { activation: `${alone} ms, ${told} ms with the loading of its code as the editor counts it (at most 200 wanted)` };
    },
  },
};

export const scenarios = [editing, ...machines];
