import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { openMongo } from "../../src/embedded/provider.ts";

export const CLI = "dist/cli.js";

/** A simulator in a process of its own, as a real Hostaway would be elsewhere. */
export interface SimulatorProcess extends AsyncDisposable {
  readonly url: string;
  readonly messages: number;
  readonly env: Readonly<Record<string, string>>;
}

export async function startSimulatorProcess(args: readonly string[]): Promise<SimulatorProcess> {
  const child = spawn(process.execPath, [CLI, "simulate", "--port", "0", "--json", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise((resolve) => child.on("exit", resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    const { url, account_id, api_key, messages } = JSON.parse(line);
    const env = { HOSTAWAY_BASE_URL: url, HOSTAWAY_ACCOUNT_ID: account_id, HOSTAWAY_API_KEY: api_key };
    return {
      url,
      messages,
      env,
      async [Symbol.asyncDispose]() {
        child.kill("SIGTERM");
        await exited;
      },
    };
  }
  throw new Error("the simulator did not start");
}

/** A database that is gone afterwards; found as the program finds one. */
export async function openScratchMongo() {
  const dataDir = await mkdtemp(join(tmpdir(), "hostaway-sync-bench-"));
  const uri = process.env["MONGODB_URI"] ?? null;
  const onProgress = ({ step }: { step: string }) => console.error(`  ${step}`);
  const endpoint = await openMongo({ uri, dataDir, onProgress, durable: false });
  return {
    ...endpoint,
    async [Symbol.asyncDispose]() {
      await endpoint[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** One line of the result: what was measured, what is asked for, and whether it is reached. */
export function tell(what: string, value: string, budget: string, reached: boolean): void {
  console.log(`${reached ? "✔" : "✖"} ${what.padEnd(58)} ${value.padStart(12)}   budget ${budget}`);
}
