import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { RunReport } from "../../src/domain/run-report.ts";
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
  return quantile(numbers, 0.5);
}

/** What so large a share of the numbers does not exceed. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? Number.NaN;
}

/** One line of the result: what was measured, what is asked for, and whether it is reached. */
export function tell(what: string, value: string, budget: string, reached: boolean): void {
  console.log(`${reached ? "✔" : "✖"} ${what.padEnd(58)} ${value.padStart(12)}   budget ${budget}`);
}

/** One `sync`, measured: its report, and its peak memory. */
export async function measureSync(
  env: Readonly<Record<string, string>>,
): Promise<{ readonly report: RunReport; readonly megabytes: number }> {
  const folder = await mkdtemp(join(tmpdir(), "hostaway-sync-bench-"));
  const report = join(folder, "report.json");
  const { megabytes } = await measureCommand(["sync", "--report", report], env);
  const result = JSON.parse(await readFile(report, "utf8"));
  await rm(folder, { recursive: true });
  return { report: result, megabytes };
}

/**
 * One command as a process of its own with a heap of 96 MB: how long it took, and its peak memory as the
 * operating system saw it, written down by the process itself as it ends.
 */
export async function measureCommand(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly megabytes: number; readonly seconds: number }> {
  const folder = await mkdtemp(join(tmpdir(), "hostaway-sync-bench-"));
  const peak = join(folder, "peak");
  const probe = `data:text/javascript,import{writeFileSync}from"node:fs";process.on("exit",()=>writeFileSync(${JSON.stringify(
    peak,
  )},String(process.resourceUsage().maxRSS)))`;
  const args = ["--max-old-space-size=96", `--import=${probe}`, resolve(CLI), ...command];
  const began = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const code = await new Promise((done) => child.on("exit", done));
  const seconds = (performance.now() - began) / 1_000;
  if (code !== 0) throw new Error(`${command[0]} ended with ${code}`);
  const kilobytes = Number(await readFile(peak, "utf8"));
  await rm(folder, { recursive: true });
  return { megabytes: Math.round(kilobytes / 1_024), seconds };
}
