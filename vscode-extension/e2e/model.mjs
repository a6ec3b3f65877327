// The model that the steps edit, and what they do with it again and again.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export const MODEL = "montbrio.xml";
export const OLD = "old.xml";
export const EQUATION = "V^2 + eta";

export let model = "";

export function files(root) {
  model = readFileSync(join(root, "rateml/models/montbrio.xml"), "utf8");
  return { [MODEL]: model, [OLD]: readFileSync(join(root, "tests/legacy/files/mpr.xml"), "utf8") };
}

/** The model with a name that is not defined. */
export function broken() {
  return model.replace(EQUATION, "V^2 + etax");
}

/** Line and column, from 1, of the end of a text in the model. */
export function place(text, within = model) {
  const end = within.indexOf(text) + text.length;
  assert.ok(end >= text.length, `the model has no ${text}`);
  const before = within.slice(0, end).split("\n");
  return [before.length, before.at(-1).length + 1];
}

export const python = (root) => process.env.RATEML_PYTHON ?? join(root, ".venv/bin/python");

export async function fault({ bench }) {
  await bench.open(MODEL);
  await bench.goto(...place(EQUATION));
  await bench.keyboard.type("x");
  await bench.squiggle();
}

export async function revert({ bench }) {
  await bench.focus(0);
  await bench.command("File: Revert File");
  await bench.page.locator(".tab.dirty").waitFor({ state: "detached" });
  await bench.squiggle("detached");
}
