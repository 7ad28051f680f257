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
  ["config.ts", 1],
  ["redact.ts", 1],
  ["hostaway/schemas.ts", 1],
  ["hostaway/entities.ts", 1],
  ["logger.ts", 2],
  ["transform/", 2],
  ["pipeline/", 3],
  ["schedule/", 3],
  ["http/", 3],
  ["standin/", 3],
  ["hostaway/", 4],
  ["load/", 4],
  ["report/", 4],
  ["export/", 4],
  ["search/", 5],
  ["simulator/", 4],
  ["embedded/", 4],
  ["extract/", 5],
  ["app.ts", 6],
  ["commands/", 7],
  ["main.ts", 8],
  ["cli.ts", 9],
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
  entities: ["hostaway/entities.ts"],
  htmlparser2: ["transform/"],
  "i18n-iso-countries": ["transform/"],
  "libphonenumber-js": ["transform/", "simulator/"],
  mongodb: ["load/", "search/", "app.ts"],
  "mongodb-memory-server": ["embedded/"],
  "node-cron": ["config.ts", "schedule/"],
  nodemailer: ["report/mail.ts"],
  "p-limit": ["extract/"],
  "p-map": ["pipeline/"],
  pg: ["standin/"],
  picocolors: ["report/"],
  ulid: ["commands/"],
  winston: ["logger.ts"],
  "winston-daily-rotate-file": ["logger.ts"],
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

/** The package behind an import: "libphonenumber-js/max" is libphonenumber-js. */
function packageOf(target: string): string {
  return target.split("/", target.startsWith("@") ? 2 : 1).join("/");
}

test.each(files)("%s imports only from its own folder and from lower floors", (file) => {
  const upward = importsOf(file)
    .filter((target) => target.startsWith("."))
    .map((target) => join(dirname(file), target))
    .filter((target) => target.endsWith(".ts"))
    .filter((target) => topFolderOf(target) !== topFolderOf(file) && floorOf(target) >= floorOf(file));

  expect(upward).toEqual([]);
});

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
