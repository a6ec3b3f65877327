// `make e2e`: the steps of steps.mjs, in order, each with a screenshot; the first that fails ends it.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { scenarios } from "./steps.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const results = join(here, "results");
const only = process.argv.slice(2);
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

const figures = {};
let number = 0;
for (const scenario of scenarios) {
  if (only.length && !only.includes(scenario.name)) continue;
  const begun = Date.now();
  const opened = await scenario.start({ root: resolve(here, "../.."), vsix: join(here, "../rateml.vsix") });
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
console.log(JSON.stringify(figures));

function seconds(since) {
  return ((Date.now() - since) / 1000).toFixed(1);
}
