import assert from "node:assert/strict";
import { test } from "node:test";
import { bounds, changed, type Parameter, written } from "../values";

const parameter = (more: Partial<Parameter>): Parameter => ({
  key: "a", value: 1, low: null, high: null, step: null, unit: "", factor: 1, description: "", range: null, ...more,
});

test("numbers are written without the digits of binary arithmetic", () => {
  assert.equal(written(0.1 + 0.2, "ms"), "0.3 ms");
  assert.equal(written(-4.6, ""), "-4.6");
  assert.equal(written(1e-7, "mV"), "1e-7 mV");
});

test("a slider has the bounds of the model", () => {
  assert.deepEqual(bounds(parameter({ low: 0, high: 4, step: 0.5 })), { low: 0, high: 4, step: 0.5 });
});

test("without bounds it reaches around the value, zero included", () => {
  assert.deepEqual(bounds(parameter({ value: 2 })), { low: -2, high: 6, step: 0.04 });
  const zero = bounds(parameter({ value: 0 }));
  assert.ok(zero.low < 0 && zero.high > 0);
});

test("only what differs is sent, in base units", () => {
  const all = [parameter({ key: "tau", value: 1, factor: 1000 }), parameter({ key: "I" })];
  assert.deepEqual(changed(all, { tau: 2, I: 1 }), { tau: 2000 });
});
