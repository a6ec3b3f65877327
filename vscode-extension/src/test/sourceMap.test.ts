import assert from "node:assert/strict";
import { test } from "node:test";
import { linesFor, type Mapped, rangesFor } from "../sourceMap";

const entry = (line: number, row: number, from: number, to: number, last = row): Mapped => ({
  line,
  range: { start: { line: row, character: from }, end: { line: last, character: to } },
});
const MAP = [entry(10, 5, 0, 80), entry(11, 5, 20, 30), entry(12, 5, 20, 30), entry(2, 0, 0, 9, 40), entry(20, 7, 4, 9)];

test("inside nested ranges the smallest is meant, with all its lines", () => {
  assert.deepEqual(linesFor(MAP, { line: 5, character: 25 }), [11, 12]);
});

test("outside the smaller the larger is meant", () => {
  assert.deepEqual(linesFor(MAP, { line: 5, character: 40 }), [10]);
});

test("an end belongs to its range", () => {
  assert.deepEqual(linesFor(MAP.slice(1, 3), { line: 5, character: 30 }), [11, 12]);
});

test("beside every range the line decides, and a line without any has none", () => {
  const small = MAP.filter((m) => m.line !== 2);
  assert.deepEqual(linesFor(small, { line: 7, character: 0 }), [20]);
  assert.deepEqual(linesFor(small, { line: 6, character: 0 }), []);
});

test("a line of the code has the ranges that it comes from", () => {
  assert.deepEqual(rangesFor(MAP, 20), [MAP[4]?.range]);
  assert.deepEqual(rangesFor(MAP, 21), []);
});
