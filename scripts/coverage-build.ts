import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT, transformed } from "./coverage-transform.ts";

/**
 * Builds `dist` for a run that measures coverage, by the test runner's own compiler. Two compilers place the same
 * branch at slightly different offsets: a branch that only commands run and one that only tests load would both
 * be counted twice, once as never taken. The next `npm run build` writes all of it anew.
 */
const [from, to] = [join(ROOT, "src"), join(ROOT, "dist")];
rmSync(to, { recursive: true, force: true });
for (const name of readdirSync(from, { recursive: true, encoding: "utf8" }).filter(isSource)) {
  const file = join(from, name);
  const target = join(to, name).replace(/\.ts$/, ".js");
  const { source, sourceMap } = transformed(readFileSync(file, "utf8"), file);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, source);
  writeFileSync(`${target}.map`, sourceMap);
}

function isSource(name: string): boolean {
  return name.endsWith(".ts");
}
