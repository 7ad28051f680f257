import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { VARIABLES } from "../src/config.ts";

const read = (file: string) => readFileSync(file, "utf8");

/** For compose itself, which makes MONGODB_URI of them. */
const OF_COMPOSE = ["MONGODB_USERNAME", "MONGODB_PASSWORD"];

/** Everything in a text that looks like a variable of ours. */
function namesIn(text: string): string[] {
  return [...text.matchAll(/\b(?:HOSTAWAY|MONGODB|SYNC|LOG|REPORT|SMTP|DATA|HEARTBEAT)_[A-Z_]+\b/g)].map(
    ([name]) => name,
  );
}

describe("Dockerfile", () => {
  const stages = stagesOf(read("Dockerfile"));
  const last = stages.at(-1) ?? [];
  const all = (name: string) => last.filter((step) => step.name === name).map((step) => step.rest);
  const one = (name: string) => all(name)[0] ?? "";

  test("runs as a user with a number, and not as root", () => {
    expect(one("USER")).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  test("starts the program without a shell, so that signals reach it", () => {
    const entrypoint: unknown = JSON.parse(one("ENTRYPOINT"));

    expect(entrypoint).toEqual(["node", "/app/dist/cli.js"]);
    expect(JSON.parse(one("CMD"))).toEqual(["schedule"]);
    expect(JSON.parse(one("HEALTHCHECK").replace(/^(--\S+\s+)*CMD\s+/, ""))).toEqual([
      "node",
      "/app/dist/cli.js",
      "status",
      "--alive",
    ]);
    expect(one("STOPSIGNAL")).toBe("SIGTERM");
    expect(["schedule", "status"].filter((name) => !existsSync(`src/commands/${name}.ts`))).toEqual([]);
  });

  test("carries no development dependencies, and nothing else that was not built for it", () => {
    const from = Object.fromEntries(
      all("COPY").map((rest) => [rest.split(/\s+/).at(-1), /--from=(\S+)/.exec(rest)?.[1]]),
    );
    const install = stageNamed(stages, from["./node_modules"])?.find((step) => step.name === "RUN");

    expect(from).toEqual({ "./node_modules": "dependencies", "./dist": "build", "./": undefined });
    expect(install?.rest).toMatch(/npm ci --omit=dev --ignore-scripts\b/);
    expect(all("RUN")).toEqual([]);
  });

  test("names one base image, with its major version and variant", () => {
    const bases = stages.map(([from]) => from?.rest.split(/\s+/)[0]);

    expect(bases[0]).toMatch(/^node:\d+-[a-z]+-slim$/);
    expect(new Set(bases.slice(1))).toEqual(new Set(["base"]));
  });

  test("gets what it copies, and no secrets", () => {
    const [everything, ...exceptions] = linesOf(read(".dockerignore"));
    const allowed = exceptions.map((line) => line.replace(/^!/, ""));
    const copied = stages
      .flat()
      .filter(({ name, rest }) => name === "COPY" && !rest.includes("--from="))
      .flatMap(({ rest }) => rest.split(/\s+/).slice(0, -1))
      .filter((word) => !word.startsWith("--"));

    expect(everything).toBe("*");
    expect([...new Set(copied)].sort()).toEqual([...allowed].sort());
    expect(copied.filter((file) => !existsSync(file))).toEqual([]);
    expect(allowed).not.toContain(".env");
  });

  test("leaves out of echarts only what nothing imports", () => {
    expect(stageNamed(stages, "dependencies")?.at(-1)?.rest).toMatch(/&& rm -r node_modules\/echarts\/dist$/);
    expect(read("src/report/page/draw-svg.ts").match(/from "echarts[^"]*"/g)).not.toContain('from "echarts"');
  });
});

describe("compose.yaml", () => {
  const text = read("compose.yaml");

  test("takes nothing from .env for itself but user and password", () => {
    const taken = [...text.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name);

    expect(new Set(taken)).toEqual(new Set(OF_COMPOSE));
  });

  test("makes the connection string of the user and the password that MongoDB is given", () => {
    const user = /MONGO_INITDB_ROOT_USERNAME: (\S+)/.exec(text)?.[1];

    expect(text).toContain(`MONGODB_URI: mongodb://${user}:$\{MONGODB_PASSWORD:?}@mongodb:27017/`);
    expect(text).toMatch(/MONGO_INITDB_ROOT_PASSWORD: \$\{MONGODB_PASSWORD:\?/);
  });

  test("gives the worker as few rights as it needs", () => {
    const worker = text.slice(text.indexOf("\n  worker:\n"), text.indexOf("\nvolumes:\n"));

    for (const line of [
      "read_only: true",
      "cap_drop: [ALL]",
      "- no-new-privileges:true",
      "condition: service_healthy",
    ])
      expect(worker).toContain(`${line}\n`);
    expect(text).not.toContain("ports:");
  });
});

describe("crontab", () => {
  const lines = linesOf(read("crontab"));
  const jobs = lines.filter((line) => !/^[A-Z_]+=/.test(line));

  test("is one line that calls sync, at the documented time", () => {
    const [job = ""] = jobs;
    const [, minute, hour, days, command = ""] = /^(\d+) (\d+) (\* \* \*) (.*)$/.exec(job) ?? [];

    expect(jobs).toHaveLength(1);
    expect([Number(minute), Number(hour), days]).toEqual([0, 1, "* * *"]);
    expect(command).toMatch(/^cd "\$HOME\/hostaway-sync" && .*\bnode dist\/cli\.js sync /);
    expect(command).not.toMatch(/(?<!\\)%/); // cron would end the line there
  });

  test("gives cron a PATH in full", () => {
    expect(lines.filter((line) => line.startsWith("PATH="))).toEqual([expect.not.stringContaining("$")]);
  });
});

const FILES = ["Dockerfile", "compose.yaml", "crontab", "docs/operations.md"];

test.each(FILES)("%s names variables that exist", (file) => {
  const known = new Set([...VARIABLES, ...OF_COMPOSE]);

  expect(namesIn(read(file)).filter((name) => !known.has(name))).toEqual([]);
});

interface Step {
  readonly name: string;
  readonly rest: string;
}

/** The instructions of each stage, FROM first. */
function stagesOf(dockerfile: string): Step[][] {
  const stages: Step[][] = [];
  for (const line of linesOf(dockerfile.replace(/^#.*\n/gm, "").replaceAll(/\\\n\s*/g, ""))) {
    const [, name = "", rest = ""] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (name === "FROM") stages.push([]);
    stages.at(-1)?.push({ name, rest });
  }
  return stages;
}

function stageNamed(stages: readonly Step[][], name: string | undefined): Step[] | undefined {
  return stages.find(([from]) => from?.rest.endsWith(` AS ${name}`));
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
}
