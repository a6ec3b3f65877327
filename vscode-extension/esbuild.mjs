// Bundles the extension and the script of its webview; with --tests, the unit tests.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const production = process.argv.includes("--production");
const common = { bundle: true, minify: production, sourcemap: production ? false : "inline", logLevel: "warning" };
const node = { ...common, platform: "node", target: "node18", format: "cjs", external: ["vscode"] };

if (process.argv.includes("--tests")) {
  const tests = readdirSync("src/test").filter((name) => name.endsWith(".test.ts"));
  await build({ ...node, entryPoints: tests.map((name) => `src/test/${name}`), outdir: "out/test" });
} else {
  await build({ ...node, entryPoints: ["src/extension.ts"], outfile: "dist/extension.js" });
  await build({ ...common, target: "es2022", entryPoints: ["src/webview/dynamics.ts"], outfile: "dist/dynamics.js" });
  // An editor shows pictures of https addresses only, and there is none yet.
  writeFileSync("dist/README.md", readFileSync("README.md", "utf8").replaceAll(/^!\[.*\n\n/gm, ""));
}
