import assert from "node:assert/strict";
import { test } from "node:test";
import { isModel } from "../detect";

test("a model begins with Lems, after a declaration and comments", () => {
  assert.ok(isModel("<Lems>"));
  assert.ok(isModel('\uFEFF<?xml version="1.0"?>\n<!-- a <b> --><!-- c -->\n<Lems xmlns="x">'));
});

test("other XML is left alone", () => {
  assert.ok(!isModel('<?xml version="1.0"?><project><Lems/></project>'));
  assert.ok(!isModel("<!-- <Lems> --><a/>"));
  assert.ok(!isModel("<LemsLike/>"));
});
