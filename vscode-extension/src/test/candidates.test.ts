import assert from "node:assert/strict";
import { homedir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { candidates, expand, type Places } from "../candidates";

const NOTHING: Places = { setting: [], environments: undefined, python: undefined, platform: "linux" };
const commands = (places: Partial<Places>): string[] =>
  candidates({ ...NOTHING, ...places }, "/folder").map((c) => [c.command, ...c.args].join(" "));

test("without anything the PATH is searched", () => {
  assert.deepEqual(commands({}), ["python3", "python"]);
  assert.deepEqual(commands({ platform: "win32" }), ["python", "py"]);
});

test("a setting is the only candidate, so that a wrong one is told and not passed over", () => {
  const setting = ["${workspaceFolder}/.venv/bin/python", "-X", "utf8"];
  assert.deepEqual(commands({ setting, python: "/p" }), ["/folder/.venv/bin/python -X utf8"]);
});

test("environments come before the Python extension, and both before the PATH", () => {
  assert.deepEqual(commands({ environments: "/e", python: "/p" }), ["/e", "/p", "python3", "python"]);
});

test("paths are expanded as a user writes them", () => {
  assert.equal(expand("~/v/bin/python", undefined), join(homedir(), "v/bin/python"));
  assert.equal(expand("~", undefined), homedir());
  assert.equal(expand("a~b", undefined), "a~b");
  assert.equal(expand("${userHome}/p", undefined), `${homedir()}/p`);
  assert.equal(expand("${workspaceFolder}/p", undefined), "${workspaceFolder}/p");
  process.env["RATEML_TEST_HOME"] = "/opt";
  assert.equal(expand("${env:RATEML_TEST_HOME}/p", undefined), "/opt/p");
});
