import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { keeperAddress } from "../../src/embedded/address.ts";
import { openMongo } from "../../src/embedded/provider.ts";

/** Another user is only to be had as root, and only Linux has a lock. */
const canTry = process.platform === "linux" && process.getuid?.() === 0;
const NOBODY = "65534";

const LISTEN = `
  require("node:net").createServer().listen("\\0" + process.argv[1], () => console.log("listening"));
`;

async function takeAs(user: string, lock: string): Promise<ChildProcess> {
  const id = ["--reuid", user, "--regid", user, "--clear-groups"];
  const child = spawn("setpriv", [...id, process.execPath, "-e", LISTEN, lock.slice(1)]);
  await once(child.stdout, "data");
  return child;
}

test("a lock that another user of this machine has taken is told, with who that is", async () => {
  if (!canTry) return;
  const dataDir = mkdtempSync(path.join(tmpdir(), "lock-"));
  const stranger = await takeAs(NOBODY, keeperAddress(dataDir).lock ?? "");
  try {
    const opening = openMongo({ uri: null, dataDir, durable: false, signal: AbortSignal.timeout(60_000) });

    await expect(opening).rejects.toThrow(
      new RegExp(
        `process ${stranger.pid} \\(node\\) of user ${NOBODY} holds the lock of ${dataDir}.*End it`,
        "s",
      ),
    );
  } finally {
    stranger.kill();
    rmSync(dataDir, { recursive: true });
  }
});
