import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { ensureSchema } from "../../src/store/schema.ts";
import { expectPerfectCopy, openTestAccount } from "../support/account.ts";
import { type Finished, runCli } from "../support/cli.ts";
import { syncOnce } from "../support/run.ts";
import { leaseOf } from "../support/store.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Succeeded, failed or out of date, partial, another run is at work; 2 would be our own mistake. */
const DOCUMENTED = [0, 1, 3, 75];
const STACK = /^\s+at .*[:(]\d+:\d+/m;

test.each([
  ["on an empty database", false],
  ["on the copy of yesterday", true],
])(
  "P12: ten commands at once %s: none crashes, and the copy is whole afterwards",
  async (_, isCopied) => {
    await using account = await openTestAccount({
      seed: 93,
      conversations: 40,
      tokenGraceMs: 0,
      latencyMs: 20,
    });
    const { simulator, database, env } = account;
    const folder = await mkdtemp(join(tmpdir(), "crowd-"));
    const file = join(folder, "messages.csv");
    if (isCopied) {
      await ensureSchema(database.db);
      await syncOnce(simulator, database);
      simulator.advance(DAY_MS);
    }
    const commands = [
      "sync --json",
      "sync",
      "backfill --all --yes",
      "replay --all",
      "search --text check",
      `export --output ${file}`,
      "status --json",
      "report",
      "check",
      "failures --json",
    ];

    const finished = await Promise.all(
      commands.map(async (command): Promise<readonly [string, Finished]> => {
        return [command, await runCli(command.split(" "), env)];
      }),
    );

    for (const [command, { code, stdout, stderr }] of finished) {
      expect({ command, code, said: DOCUMENTED.includes(code ?? -1) ? "" : stderr }).toEqual({
        command,
        code: expect.any(Number),
        said: "",
      });
      expect({ command, output: stdout + stderr }).toEqual({
        command,
        output: expect.not.stringMatching(STACK),
      });
    }
    const codes = Object.fromEntries(finished.map(([command, { code }]) => [command, code]));
    for (const command of ["search --text check", `export --output ${file}`, "failures --json", "check"])
      expect({ command, code: codes[command] }).toEqual({ command, code: 0 });
    expect(finished.slice(0, 3).some(([, { code }]) => code === 0)).toBe(true);
    const exported = await readFile(file, "utf8");
    expect(exported.split("\n")[0]).toContain("message_id");
    expect(await leaseOf(database.db, simulator.accountId)).toMatchObject({ released_at: expect.any(Date) });

    expect(await runCli(["sync"], { ...env, SYNC_SWEEP_DAYS: "1" })).toMatchObject({ code: 0 });
    await expectPerfectCopy(account);
    await rm(folder, { recursive: true });
  },
  180_000,
);
