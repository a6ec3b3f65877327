// Stand-ins for what another machine has or lacks.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { python } from "./model.mjs";

/** The .vsix of an extension of one script. */
function packed(manifest, main) {
  const folder = mkdtempSync(join(tmpdir(), "rateml-stub-"));
  const usual = { version: "2026.1.0", engines: { vscode: "^1.82.0" }, main: "main.js", repository: "https://example.org/stub", license: "MIT" };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ ...usual, ...manifest }));
  writeFileSync(join(folder, "main.js"), main);
  const vsce = createRequire(import.meta.url).resolve("@vscode/vsce/vsce");
  execFileSync(process.execPath, [vsce, "package", "--no-dependencies", "--skip-license", "-o", "stub.vsix"], { cwd: folder, stdio: "pipe" });
  return join(folder, "stub.vsix");
}

/** The Python extension, with the part of its API that is used. */
export function pythonExtension(interpreter) {
  return packed(
    { name: "python", publisher: "ms-python", activationEvents: ["*"] },
    `const uri = require("vscode").Uri.file(${JSON.stringify(interpreter)});
exports.activate = () => ({ environments: {
  getActiveEnvironmentPath: () => ({ path: uri.fsPath }),
  resolveEnvironment: async () => ({ executable: { uri } }),
  onDidChangeActiveEnvironmentPath: () => ({ dispose() {} }),
} });`,
  );
}

/** An XML extension: it claims `.xml` and whatever begins as XML, and finds a fault in each document of its language. */
export function xmlExtension() {
  const language = { id: "xml", extensions: [".xml"], firstLine: "^\\s*<", aliases: ["XML"] };
  return packed(
    { name: "vscode-xml", publisher: "redhat", activationEvents: ["onLanguage:xml"], contributes: { languages: [language] } },
    `const { languages, workspace, Diagnostic, Range } = require("vscode");
exports.activate = () => {
  const found = languages.createDiagnosticCollection("xml");
  const meet = ({ languageId, uri }) => {
    if (languageId === "xml") found.set(uri, [new Diagnostic(new Range(0, 0, 0, 5), "seen by the XML extension")]);
  };
  workspace.onDidOpenTextDocument(meet);
  workspace.onDidCloseTextDocument(({ uri }) => found.delete(uri));
  workspace.textDocuments.forEach(meet);
};`,
  );
}

/** A Python without rateml, and without pip. */
export function barePython(root) {
  const folder = mkdtempSync(join(tmpdir(), "rateml-bare-"));
  execFileSync(python(root), ["-m", "venv", "--without-pip", folder]);
  return join(folder, "bin/python");
}

/** The wheel of this checkout. */
export function wheel(root) {
  const folder = mkdtempSync(join(tmpdir(), "rateml-wheel-"));
  execFileSync(python(root), ["-m", "build", "--wheel", "--outdir", folder, root], { stdio: "pipe" });
  return join(folder, readdirSync(folder)[0]);
}

/** Where pip keeps what it has downloaded: the workbench has a home of its own. */
export function pipCache(root) {
  return execFileSync(python(root), ["-m", "pip", "cache", "dir"], { encoding: "utf8" }).trim();
}
