import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { CoverageReport } from "monocart-coverage-reports";
import { z } from "zod";
import { brokenRules, type FileCoverage, percentOf, shown, sumOf } from "./coverage-gate.ts";
import { ROOT, transformed } from "./coverage-transform.ts";

/**
 * What the tests ran, from the files that Node writes for every process with NODE_V8_COVERAGE in its environment
 * (https://nodejs.org/api/cli.html#node_v8_coveragedir): the test runner loads `src` itself; the commands, the
 * database's keeper and the stand-in run as `dist`, which coverage-build.ts made. Both are traced back to `src`. A process that is killed
 * with -9 writes nothing, so the true share is a little higher.
 */
const folder = resolve(process.argv[2] ?? join(ROOT, "coverage/raw"));
const ours = ["src/", "dist/"].map((name) => pathToFileURL(join(ROOT, name)).href);

const Raw = z.object({
  result: z.array(z.looseObject({ url: z.string(), functions: z.array(z.unknown()) })),
});

interface Ran {
  readonly source: string;
  readonly sourceMap: unknown;
}

/** The text whose offsets the counts hold, and the way back from it. */
async function textThatRan(file: string): Promise<Ran> {
  const source = await readFile(file, "utf8");
  if (file.endsWith(".ts")) return withMap(transformed(source, file));
  return withMap({ source, sourceMap: await readFile(`${file}.map`, "utf8") });
}

function withMap({ source, sourceMap }: { source: string; sourceMap: string }): Ran {
  return { source, sourceMap: JSON.parse(sourceMap) };
}

const texts = new Map<string, Promise<Ran>>();
function textOf(url: string): Promise<Ran> {
  const known = texts.get(url) ?? textThatRan(fileURLToPath(url));
  texts.set(url, known);
  return known;
}

async function scriptsOf(file: string) {
  const { result } = Raw.parse(JSON.parse(await readFile(file, "utf8")));
  const scripts = result.filter(
    ({ url }) => /\.[jt]s$/.test(url) && ours.some((start) => url.startsWith(start)),
  );
  return await Promise.all(scripts.map(async (script) => ({ ...script, ...(await textOf(script.url)) })));
}

const report = new CoverageReport({
  name: "hostaway-sync",
  outputDir: join(ROOT, "coverage/report"),
  baseDir: ROOT,
  logging: "error",
  reports: ["v8-json", "lcovonly"],
  // A file that nothing loaded counts as well, as what is left of it without its types.
  all: {
    dir: [join(ROOT, "src")],
    filter: { "**/*.ts": true },
    transformer: async (entry) => {
      Object.assign(entry, withMap(transformed(entry.source ?? "", fileURLToPath(entry.url))));
    },
  },
  sourcePath: (path) => path.replace(/^.*?(?=src\/)/, ""),
  sourceFilter: (path) => path.startsWith("src/"),
});
await report.cleanCache();
for (const name of (await readdir(folder)).filter((name) => name.endsWith(".json")))
  await report.add(await scriptsOf(join(folder, name)));
const results = await report.generate();
if (!results) throw new Error(`There is no coverage in ${folder}: run npm run coverage.`);

const files: FileCoverage[] = results.files
  .filter(({ sourcePath }) => runs(sourcePath))
  .map(({ sourcePath, summary: { lines, branches } }) => ({
    path: sourcePath,
    lines: { covered: lines.covered, total: lines.total },
    branches: { covered: branches.covered, total: branches.total },
  }));
const reasons = z
  .record(z.string(), z.string())
  .parse(JSON.parse(await readFile(join(ROOT, "scripts/coverage-reasons.json"), "utf8")));

const byPath = files.toSorted((one, other) => one.path.localeCompare(other.path));
console.log(`${"lines".padStart(8)} ${"branches".padStart(8)}  file`);
for (const { path, lines, branches } of [...byPath, everything(files)])
  console.log(`${shown(percentOf(lines)).padStart(8)} ${shown(percentOf(branches)).padStart(8)}  ${path}`);

const broken = brokenRules(files, reasons);
for (const rule of broken) console.error(rule);
process.exitCode = broken.length > 0 ? 1 : 0;

function everything(all: readonly FileCoverage[]): FileCoverage {
  return { path: "everything", lines: sumOf(all, "lines"), branches: sumOf(all, "branches") };
}

/** A file of types only has nothing that could run, and nobody loads it; its comments are kept. */
function runs(path: string): boolean {
  const file = join(ROOT, path);
  const { source } = transformed(readFileSync(file, "utf8"), file);
  return !/^(?:export\s*\{\s*\};?)?$/.test(source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "").trim());
}
