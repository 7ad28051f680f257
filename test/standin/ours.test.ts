import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { chooseServer } from "../../src/embedded/ways.ts";
import { removeHeartbeat, writeHeartbeat } from "../../src/schedule/heartbeat.ts";
import { claimFolder } from "../../src/standin/ours.ts";
import { provision } from "../../src/standin/provision.ts";
import { runCli } from "../support/cli.ts";

let place: string;
beforeEach(() => {
  place = mkdtempSync(path.join(tmpdir(), "hostaway-sync-ours-"));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

function foreignFolder(name: string): string {
  const folder = path.join(place, name);
  mkdirSync(path.join(folder, "photos"), { recursive: true });
  writeFileSync(path.join(folder, "photos", "one.jpg"), "a picture");
  return folder;
}

const isWhole = (folder: string) =>
  readFileSync(path.join(folder, "photos", "one.jpg"), "utf8") === "a picture";

describe("nothing that is not ours is ever removed or replaced", () => {
  test("DOCUMENTDB_ROOT names a folder with other things in it", async () => {
    const root = foreignFolder("things");

    await expect(provision({ root, mirror: "http://127.0.0.1:9/debian" })).rejects.toThrow(
      /holds something else \(photos\): nothing was changed.*DOCUMENTDB_ROOT/s,
    );

    expect(isWhole(root)).toBe(true);
    expect(readdirSync(place)).toEqual(["things"]);
  });

  test("nor where the folder beside it, in which it would be built, is somebody else's", async () => {
    const building = foreignFolder("root.building");

    await expect(
      provision({ root: path.join(place, "root"), mirror: "http://127.0.0.1:9/debian" }),
    ).rejects.toThrow("nothing was changed");

    expect(isWhole(building)).toBe(true);
  });

  test("nor where DOCUMENTDB_ROOT is a file", async () => {
    const root = path.join(place, "file");
    writeFileSync(root, "text");

    await expect(provision({ root, mirror: "http://127.0.0.1:9/debian" })).rejects.toThrow("is a file");

    expect(readFileSync(root, "utf8")).toBe("text");
  });

  test("and a command says so, whichever way to a database it tries", async () => {
    const root = foreignFolder("things");
    const dataDir = path.join(place, "data");

    const { code, stderr, stdout } = await runCli(["status"], {
      HOSTAWAY_ACCOUNT_ID: "10001",
      HOSTAWAY_API_KEY: "key",
      DATA_DIR: dataDir,
      DOCUMENTDB_ROOT: root,
      MONGOMS_RUNTIME_DOWNLOAD: "false",
    });

    expect(code).toBe(1);
    expect(`${stdout}${stderr}`).toContain("nothing was changed");
    expect(isWhole(root)).toBe(true);
  });

  test("DATA_DIR holds a folder of the name that the database would have", async () => {
    const dataDir = path.join(place, "data");
    mkdirSync(dataDir);
    const folder = foreignFolder(path.join("data", "mongodb-standin"));

    const found = await chooseServer({
      env: { PATH: process.env["PATH"], MONGOMS_RUNTIME_DOWNLOAD: "false" },
      dataDir,
      onProgress: () => undefined,
      signal: new AbortController().signal,
    }).catch((error: unknown) => error);

    expect(String(found)).toContain("nothing was changed");
    expect(readdirSync(folder)).toEqual(["photos"]);
  });

  test("a folder that is ours, new or empty is claimed, and known again", () => {
    const [fresh, empty, older] = ["fresh", "empty", "older"].map((name) => path.join(place, name)) as [
      string,
      string,
      string,
    ];
    mkdirSync(empty);
    mkdirSync(path.join(older, "cluster"), { recursive: true });

    for (const folder of [fresh, empty, fresh]) claimFolder(folder);
    claimFolder(older, ["cluster"]);
    writeFileSync(path.join(fresh, "something"), "of ours");

    expect(() => claimFolder(fresh)).not.toThrow();
    expect(() => claimFolder(foreignFolder("other"), ["cluster"])).toThrow("nothing was changed");
  });
});

describe("the heartbeat file may be in a folder that everybody can write to", () => {
  const at = new Date("2026-11-01T01:00:00Z");
  const beat = { at, next_run: at, running_since: null };

  test("what somebody planted beside it is not written to", async () => {
    const file = path.join(place, "heartbeat");
    const victim = path.join(place, "victim");
    writeFileSync(victim, "precious");
    for (const name of ["heartbeat.new", "heartbeat.tmp"]) symlinkSync(victim, path.join(place, name));

    await writeHeartbeat(file, beat);

    expect(readFileSync(victim, "utf8")).toBe("precious");
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ running_since: null });
  });

  test("a file of something else stays as it is, also at the end", async () => {
    const file = path.join(place, "notes.txt");
    writeFileSync(file, "precious");

    await expect(writeHeartbeat(file, beat)).rejects.toThrow("HEARTBEAT_FILE");
    await expect(removeHeartbeat(file)).rejects.toThrow("HEARTBEAT_FILE");

    expect(readFileSync(file, "utf8")).toBe("precious");
    expect(readdirSync(place)).toEqual(["notes.txt"]);
  });

  test("a link in its place is not followed", async () => {
    const file = path.join(place, "heartbeat");
    const victim = path.join(place, "victim");
    writeFileSync(victim, "precious");
    symlinkSync(victim, file);

    await expect(writeHeartbeat(file, beat)).rejects.toThrow("HEARTBEAT_FILE");

    expect(readFileSync(victim, "utf8")).toBe("precious");
  });

  test("its own earlier beats are replaced, and removed at the end", async () => {
    const file = path.join(place, "heartbeat");

    await writeHeartbeat(file, beat);
    await writeHeartbeat(file, beat);
    await removeHeartbeat(file);

    expect(readdirSync(place)).toEqual([]);
  });
});
