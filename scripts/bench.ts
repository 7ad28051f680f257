import { exporting } from "./bench/exporting.ts";
import { limiter } from "./bench/limiter.ts";
import { memory } from "./bench/memory.ts";
import { nightly } from "./bench/nightly.ts";
import { queries } from "./bench/queries.ts";
import { throughput } from "./bench/throughput.ts";

/** `npm run bench [-- NAME …]`: claims about speed and size as ratios within one run; see docs/performance.md. */
const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  throughput,
  memory,
  limiter,
  nightly,
  queries,
  export: exporting,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(`No such bench: ${unknown.join(", ")}. There are: ${Object.keys(BENCHES).join(", ")}.`);
  process.exitCode = 2;
} else {
  for (const name of asked.length > 0 ? asked : Object.keys(BENCHES)) await BENCHES[name]?.();
}
