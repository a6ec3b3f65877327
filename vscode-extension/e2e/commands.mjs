// Steps of the commands that lead out of the editor: tasks, terminals, pages.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { broken, fault, MODEL, place, revert } from "./model.mjs";
import { until } from "./session.mjs";

const CLOSED = "closed.xml";

export const TASKS = JSON.stringify({
  version: "2.0.0",
  tasks: [{ label: "check what is closed", type: "rateml", command: "check", file: CLOSED, problemMatcher: ["$rateml"] }],
});

const problems = (bench, text) => bench.page.locator(".markers-panel .monaco-list-row", { hasText: text });

export const commands = {
  "a check tells a fault of an open file once": async ({ bench, folder }) => {
    writeFileSync(join(folder, "broken.xml"), broken());
    await bench.open("broken.xml");
    await bench.command("RateML: Check This Model");
    // The view opens when the task has ended.
    await problems(bench, "'etax' is not defined").first().waitFor();
    assert.equal(await problems(bench, "'etax' is not defined").count(), 1);
  },
  "a task tells the fault of a closed file": async ({ bench, folder }) => {
    writeFileSync(join(folder, CLOSED), broken());
    await bench.command("Tasks: Run Task");
    await bench.pick("check what is closed");
    await until(async () => (await bench.terminal()).includes(`-mratemlcheck${CLOSED}`), "the task runs in view");
    await bench.command("Problems: Focus on Problems View");
    await problems(bench, CLOSED).first().waitFor();
    // The editor would ask the server for the faults of closed files every two seconds.
    await bench.page.waitForTimeout(5_000);
    assert.equal(await problems(bench, "'etax' is not defined").count(), 2);
  },
  "tasks are offered for a model": async ({ bench }) => {
    await bench.command("View: Close All Editors");
    await bench.open(MODEL);
    await bench.command("Tasks: Run Task");
    await bench.pick("Show All Tasks");
    await bench.page.locator(".quick-input-list .monaco-list-row", { hasText: "rateml: build" }).first().waitFor();
    await bench.pick("rateml: check");
    await until(async () => (await bench.terminal()).includes(`${MODEL}:`), "the check has told its result");
  },
  "a rule of the file has its page": async (opened) => {
    const { bench } = opened;
    await bench.command("View: Close All Editors");
    await fault(opened);
    await bench.command("RateML: Explain a Diagnostic of This File");
    await bench.pick("'etax' is not defined");
    await bench.page.locator('.tab[data-resource-name^="RML"]').waitFor();
    await until(async () => (await bench.text(1)).includes("Example"), "the page is shown");
  },
  "and its references": async ({ bench }) => {
    const peek = bench.page.locator(".reference-zone-widget");
    await bench.focus(0);
    await bench.command("RateML: Show References of a Rule");
    await bench.pick("'etax' is not defined");
    await peek.locator(".monaco-list-row", { hasText: "etax" }).first().waitFor();
    await bench.picture("references");
    await bench.keyboard.press("Escape");
    await peek.waitFor({ state: "detached" });
    await revert({ bench });
    // The uses of a type, from its lens.
    await bench.goto(...place('<ComponentType name="RateCoupling"'));
    await bench.group(0).locator(".codelens-decoration a:visible", { hasText: "1 use" }).first().click();
    await peek.locator(".monaco-list-row", { hasText: "RateCoupling" }).first().waitFor();
    await bench.keyboard.press("Escape");
    await peek.waitFor({ state: "detached" });
  },
  "a sweep is typed in the terminal, and waits": async ({ bench, folder }) => {
    await bench.focus(0);
    await bench.command("RateML: Run a Sweep in the Terminal");
    await until(async () => (await bench.terminal()).includes(`-mratemlsweep${join(folder, MODEL)}-o`), "the command line is there");
  },
  "the dashboard opens with the model": async ({ bench }) => {
    await bench.focus(0);
    await bench.command("RateML: Open in the Dashboard");
    await until(async () => /Models.*Sweep.*Runs/.test(await bench.terminal()), "the dashboard is drawn");
    await until(async () => (await bench.terminal()).includes("montbrio"), "it shows the model");
    await bench.picture("dashboard");
    await bench.command("Terminal: Kill All Terminals");
  },
  "the walkthrough opens": async ({ bench }) => {
    await bench.command("View: Close All Editors");
    await bench.command("Welcome: Open Walkthrough...");
    await bench.pick("Get started with RateML");
    const page = bench.page.locator(".gettingStartedContainer");
    for (const title of ["Choose a Python with rateml", "Open a sample model", "Make a fault, and mend it", "See code and dynamics"]) {
      await page.getByText(title, { exact: true }).first().waitFor();
    }
    await bench.picture("walkthrough");
    await bench.command("View: Close All Editors");
  },
  "a sample model opens": async ({ bench }) => {
    await bench.command("RateML: Open a Sample Model");
    await until(async () => (await bench.text()).includes("<Lems"), "the model is open");
    assert.equal(await bench.language(), "RateML");
  },
  "debug information is shown": async ({ bench }) => {
    await bench.command("RateML: Show Debug Information");
    const told = await until(async () => {
      const text = await bench.text();
      return text.includes('"settings"') && text;
    }, "the page is open");
    for (const part of [/"trusted": true/, /"kind": "ready"/, /"rateml": "\d/, /"lacking": null/]) assert.match(told, part);
  },
};
