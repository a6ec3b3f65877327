import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { probe, understand } from "../probe";

test("an answer with the server", () => {
  const found = understand('["/p", [3, 12, 1], true, "0.1.0"]');
  assert.deepEqual(found, { kind: "ready", python: "/p", version: "3.12.1", rateml: "0.1.0" });
});

test("a Python without the server, one too old, and what is no Python", () => {
  assert.equal(understand('["/p", [3, 11, 0], false, "?"]').kind, "without");
  assert.equal(understand('["/p", [3, 10, 9], true, "0.1.0"]').kind, "old");
  assert.equal(understand('["/p", [2, 7, 18], true, "0.1.0"]').kind, "old");
  assert.equal(understand("hello").kind, "absent");
});

test("a real Python answers; a command that is not there is told", async () => {
  const found = await probe({ command: "python3", args: ["-I", "-S"], source: "test" });
  assert.ok(found.kind === "without" || found.kind === "old", JSON.stringify(found));
  assert.equal((await probe({ command: "/no/such/python", args: [], source: "test" })).kind, "absent");
});

test("a folder cannot put modules into the Python that is asked", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rateml-test-"));
  writeFileSync(join(folder, "json.py"), "raise SystemExit('taken in from the folder')");
  const python = join(folder, "python");
  writeFileSync(python, `#!/bin/sh\ncd '${folder}'\nexec python3 -S "$@"\n`);
  chmodSync(python, 0o755);
  const found = await probe({ command: python, args: [], source: "test" });
  assert.notEqual(found.kind, "absent", JSON.stringify(found));
});
