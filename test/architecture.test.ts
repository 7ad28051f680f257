import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "@jest/globals";

/** A file may import from its own top folder and from lower floors. First match wins. */
const FLOORS: readonly (readonly [prefix: string, floor: number])[] = [
  ["domain/", 0],
  ["clock.ts", 0],
  ["version.ts", 0],
  ["small-heap.ts", 0],
  ["env-file.ts", 0],
  ["standin/", 0],
  ["config.ts", 1],
  ["redact/", 1],
  ["transform/", 1],
  ["schedule/", 1],
  ["report/", 1],
  ["export/", 1],
  ["simulator/", 1],
  ["embedded/", 1],
  ["logging/", 2],
  ["logger.ts", 3],
  ["http/", 2],
  ["sync/", 2],
  ["hostaway/", 3],
  ["store/", 3],
  ["query/", 4],
  ["shared-resource.ts", 0],
  ["app.ts", 5],
  ["service/", 6],
  ["commands/", 7],
  ["main.ts", 8],
  ["cli.ts", 9],
];

/** A front turns requests into jobs and queries, and their results into text: other folders are not for it. */
const FRONTS = ["commands/"];
const OPEN_TO_FRONTS = [
  "domain/",
  "clock.ts",
  "config.ts",
  "logger.ts",
  "app.ts",
  "service/",
  "query/",
  "report/",
  "export/",
  "schedule/",
  "simulator/simulator.ts",
];

/** Each outside library has its doors. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  "@date-fns/tz": ["schedule/", "transform/"],
  "any-ascii": ["transform/", "simulator/"],
  axios: ["http/"],
  "axios-retry": ["http/"],
  bson: ["domain/", "transform/", "simulator/", "standin/"],
  "cli-progress": ["report/"],
  "cli-table3": ["report/"],
  commander: ["main.ts", "commands/"],
  echarts: ["report/page/"],
  "hyparquet-writer": ["export/"],
  entities: ["transform/entities.ts"],
  htmlparser2: ["transform/"],
  "i18n-iso-countries": ["transform/"],
  "libphonenumber-js": ["transform/", "simulator/"],
  mongodb: ["store/", "query/", "app.ts"],
  "mongodb-memory-server": ["embedded/"],
  "node-cron": ["config.ts", "schedule/"],
  nodemailer: ["service/send-mail.ts"],
  "p-limit": ["hostaway/source.ts"],
  "p-map": ["sync/"],
  pg: ["standin/"],
  picocolors: ["report/"],
  ulid: ["service/", "commands/output-file.ts"],
  winston: ["logger.ts", "logging/"],
  "winston-daily-rotate-file": ["logging/"],
  zod: [""],
};

/** The command line, and those that are or start programs of their own and hand the environment on. */
const READERS_OF_ENVIRONMENT = ["cli.ts", "embedded/", "standin/"];

const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".ts"),
);
const sourceOf = (file: string) => readFileSync(join("src", file), "utf8");
const importsOf = (file: string) =>
  [...sourceOf(file).matchAll(/(?:[\s}]from\s+|import\(\s*)"([^"]+)"/g)].map(([, target = ""]) => target);

function floorOf(file: string): number {
  const found = FLOORS.find(([prefix]) => file.startsWith(prefix));
  if (!found) throw new Error(`${file} stands on no floor: add it to FLOORS`);
  return found[1];
}

function topFolderOf(file: string): string {
  return file.includes("/") ? file.slice(0, file.indexOf("/")) : file;
}

/** The files of ours that a file imports, types included. */
function oursIn(file: string): string[] {
  return importsOf(file)
    .filter((target) => target.startsWith(".") && target.endsWith(".ts"))
    .map((target) => join(dirname(file), target));
}

/** The package behind an import: "libphonenumber-js/max" is libphonenumber-js. */
function packageOf(target: string): string {
  return target.split("/", target.startsWith("@") ? 2 : 1).join("/");
}

test.each(files)("%s imports only from its own folder and from lower floors", (file) => {
  const upward = oursIn(file).filter(
    (target) => topFolderOf(target) !== topFolderOf(file) && floorOf(target) >= floorOf(file),
  );

  expect(upward).toEqual([]);
});

test.each(files.filter(isFront))(
  "%s imports of ours only its own folder and what is open to fronts",
  (file) => {
    const closed = oursIn(file).filter(
      (target) =>
        topFolderOf(target) !== topFolderOf(file) && !OPEN_TO_FRONTS.some((open) => target.startsWith(open)),
    );

    expect(closed).toEqual([]);
  },
);

test.each(files.filter(isFront))("%s leaves collections and leases to service and query", (file) => {
  expect(sourceOf(file)).not.toMatch(/\.(?:collection|stores|leases)\b/);
});

function isFront(file: string): boolean {
  return FRONTS.some((front) => file.startsWith(front));
}

test("jobs and queries can be had without a front", () => {
  const needed = reachableFrom(
    files.filter((file) => ["app.ts", "service/", "query/"].some((room) => file.startsWith(room))),
  );

  expect([...needed].filter(isFront)).toEqual([]);
  expect([...needed].flatMap(importsOf)).not.toContain("commander");
});

function reachableFrom(roots: readonly string[]): ReadonlySet<string> {
  const found = new Set(roots);
  for (const file of found) for (const next of oursIn(file)) found.add(next);
  return found;
}

test("no files import one another in a circle, not even types", () => {
  expect(circles()).toEqual([]);
});

/** Each circle as the way around it, told once. */
function circles(): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const follow = (file: string, way: readonly string[]) => {
    const start = way.indexOf(file);
    if (start >= 0) found.push([...way.slice(start), file].join(" → "));
    if (start >= 0 || done.has(file)) return;
    for (const next of oursIn(file)) follow(next, [...way, file]);
    done.add(file);
  };
  for (const file of files) follow(file, []);
  return found;
}

test.each(files)("%s reaches outside libraries through their doors only", (file) => {
  const trespassing = importsOf(file)
    .filter((target) => !target.startsWith(".") && !target.startsWith("node:"))
    .map(packageOf)
    .filter((name) => !DOORS[name]?.some((door) => file.startsWith(door)));

  expect(trespassing).toEqual([]);
});

test("every dependency is used, and has a door", () => {
  const manifest: { dependencies: object } = JSON.parse(readFileSync("package.json", "utf8"));
  const used = new Set(files.flatMap(importsOf).map(packageOf));

  expect(Object.keys(manifest.dependencies).sort()).toEqual(Object.keys(DOORS).sort());
  expect(Object.keys(manifest.dependencies).filter((name) => !used.has(name))).toEqual([]);
});

test("only programs read the environment", () => {
  const readers = files.filter((file) => /process\.env(?!`)/.test(sourceOf(file)));

  expect(readers.filter((file) => !READERS_OF_ENVIRONMENT.some((reader) => file.startsWith(reader)))).toEqual(
    [],
  );
});
