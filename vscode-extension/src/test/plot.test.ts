import assert from "node:assert/strict";
import { test } from "node:test";
import { extent, path, scale, ticks } from "../webview/plot";

const same = scale(0, 10, 0, 10);

test("a curve breaks where a value is missing", () => {
  assert.equal(path([0, 1, 2, 3], [5, null, 6, 7], same, same), "M0.0 5.0M2.0 6.0L3.0 7.0");
});

test("a scale without an extent stays finite", () => {
  assert.equal(scale(3, 3, 0, 10)(3), 0);
});

test("ticks are round and within the bounds", () => {
  assert.deepEqual(ticks(0, 100), [0, 50, 100]);
  assert.deepEqual(ticks(-1, 1), [-1, -0.5, 0, 0.5, 1]);
  assert.deepEqual(ticks(2, 2), [2]);
});

test("the extent of a constant has a width; of nothing too", () => {
  assert.deepEqual(extent([2, null, 2]), [1.5, 2.5]);
  assert.deepEqual(extent([null]), [0, 1]);
});
