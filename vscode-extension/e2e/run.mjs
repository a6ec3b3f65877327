// `make e2e`: the steps of steps.mjs, in order, each with a screenshot; the first that fails ends it.
import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { scenarios } from "./steps.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const results = join(here, "results");
const only = process.argv.slice(2);
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

const vsix = join(here, "../rateml.vsix");
const figures = { "rateml.vsix": `${statSync(vsix).size} bytes (at most 500000 wanted)` };
let number = 0;
let opened;
process.once("SIGINT", () => {
  void Promise.resolve(opened?.stop()).finally(() => process.exit(130));
});
for (const scenario of scenarios) {
  if (only.length && !only.includes(scenario.name)) continue;
  const begun = Date.now();
  opened = await scenario.start({ root: resolve(here, "../.."), vsix });
  const { bench } = opened;
  console.log(`${scenario.name}: workbench after ${seconds(begun)} s`);
  let name = "";
  try {
    for (const [title, step] of Object.entries(scenario.steps)) {
      name = `${String(++number).padStart(2, "0")}-${title.replaceAll(/\W+/g, "-")}`;
      const from = Date.now();
      Object.assign(figures, (await step(opened)) ?? {});
      await bench.page.screenshot({ path: join(results, `${name}.png`) });
      console.log(`ok ${name} (${seconds(from)} s)`);
    }
    await opened.stop();
  } catch (error) {
    console.error(`FAILED ${name}: ${error.stack}`);
    await bench.page.screenshot({ path: join(results, `${name}-failed.png`) }).catch(() => undefined);
    await opened.stop(join(results, "logs"));
    process.exit(1);
  }
}
writeFileSync(join(results, "figures.json"), `${JSON.stringify(figures, null, 2)}\n`);
for (const [name, told] of Object.entries(figures)) console.log(`${name}: ${told}`);

function seconds(since) {
  return ((Date.now() - since) / 1000).toFixed(1);
}
