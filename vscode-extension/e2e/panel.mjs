// Steps of the panel of equations and dynamics.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { MODEL, place, revert } from "./model.mjs";
import { until } from "./session.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TRACE = "#plots path.trace";
/** Of a curve against its ground: WCAG 2, 1.4.11. */
const LEAST_CONTRAST = 3;

/** The trace before a slider is moved. */
let asInFile = "";

const trace = (frame) => frame.locator(TRACE).first().getAttribute("d");

async function slide(frame, value) {
  await frame.locator("#slider-eta").focus();
  await frame.locator("#slider-eta").evaluate((slider, to) => {
    slider.value = to;
    slider.dispatchEvent(new Event("input"));
  }, value);
}

async function violations(frame) {
  await frame.evaluate(axe);
  return frame.evaluate(async () => (await window.axe.run()).violations.map((v) => [v.id, v.nodes.map((n) => n.html)]));
}

/** The contrast of each kind of curve against the page, by its class. */
function contrasts(frame) {
  return frame.evaluate(() => {
    const luminance = (colour) => {
      const [r, g, b] = colour.match(/[\d.]+/g).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = luminance(getComputedStyle(document.body).backgroundColor);
    const kinds = ["orbit", "nullcline n0", "nullcline n1", ...Array.from({ length: 6 }, (_, n) => `trace c${n}`)];
    const svg = document.querySelector("#plots svg");
    return kinds.map((kind) => {
      const curve = svg.appendChild(document.createElementNS(svg.namespaceURI, "path"));
      curve.setAttribute("class", kind);
      const { stroke } = getComputedStyle(curve);
      curve.remove();
      const [low, high] = [ground, luminance(stroke)].sort((a, b) => a - b);
      return { kind, stroke, contrast: (high + 0.05) / (low + 0.05) };
    });
  });
}

/** No violation, and curves that are seen; what to tell of it. */
async function looks(frame) {
  const violated = await violations(frame);
  assert.deepEqual(violated, []);
  const found = await contrasts(frame);
  assert.deepEqual(found.filter(({ contrast }) => !(contrast >= LEAST_CONTRAST)), []);
  const strokes = ["orbit", "nullcline n0", "nullcline n1"].map((kind) => found.find((f) => f.kind === kind).stroke);
  assert.equal(new Set(strokes).size, 3, `orbit and nullclines differ in colour: ${strokes}`);
  const least = Math.min(...found.map(({ contrast }) => contrast));
  return `${violated.length} violations (none wanted); least contrast of a curve ${least.toFixed(1)} (${LEAST_CONTRAST} wanted)`;
}

export const panel = {
  "a slider moves the trace": async ({ bench }) => {
    await bench.command("View: Close All Editors");
    await bench.open(MODEL);
    await bench.command("RateML: Show Equations and Dynamics");
    const frame = await until(() => bench.frame(TRACE), "the trace is drawn");
    const clines = () => frame.locator("#plots path.nullcline").first().getAttribute("d");
    const line = await clines();
    asInFile = await trace(frame);
    assert.ok(asInFile.length > 200 && line.length > 20, "there are curves");
    await slide(frame, "-2");
    await until(async () => (await trace(frame)) !== asInFile && (await clines()) !== line, "trace and nullcline follow");
    assert.ok((await frame.locator("#card math").count()) > 3, "equations are typeset");
    await bench.command("View: Toggle Primary Side Bar Visibility");
    await bench.goto(place('<DerivedVariable name="pitr')[0], 1);
    await frame.evaluate(() => scrollTo(0, 0));
    await bench.picture("dynamics");
    await frame.evaluate(() => document.querySelector("#card .equation").scrollIntoView({ block: "end" }));
    await bench.picture("equations");
    await bench.command("View: Toggle Primary Side Bar Visibility");
  },
  "the panel has no fault that axe finds": async ({ bench }) => ({ "axe, dark theme": await looks(await bench.frame(TRACE)) }),
  "nor has it in a light theme": async ({ bench }) => {
    const frame = await bench.frame(TRACE);
    await bench.command("Preferences: Toggle between Light/Dark Themes");
    await frame.locator("body.vscode-light").waitFor();
    const told = await looks(frame);
    await bench.picture("dynamics-light");
    await bench.command("Preferences: Toggle between Light/Dark Themes");
    await frame.locator("body.vscode-dark").waitFor();
    return { "axe, light theme": told };
  },
  "values are written to the Component": async ({ bench }) => {
    const frame = await bench.frame(TRACE);
    await frame.locator("#write").click();
    await bench.goto(...place('<Component id="mpr"'));
    await until(async () => (await bench.text()).includes('eta="-2"'), "the Component has the value");
    await revert({ bench });
  },
  "Reset goes back to the values of the file": async ({ bench }) => {
    const frame = await bench.frame(TRACE);
    const value = () => frame.locator("#slider-eta").inputValue();
    const follows = async () => (await value()) === "-4.6" && (await trace(frame)) === asInFile;
    await until(follows, "slider and trace are those of the file");
    assert.ok(await frame.locator("#reset").isDisabled(), "there is nothing to go back from");
    await slide(frame, "-3");
    await until(async () => (await trace(frame)) !== asInFile, "the trace follows");
    await frame.locator("#reset").click();
    await until(follows, "slider and trace are those of the file again");
    assert.ok(await frame.locator("#reset").isDisabled());
  },
};
