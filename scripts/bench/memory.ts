import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { CLI, openScratchMongo, startSimulatorProcess, tell } from "./support.ts";

const MEAN = 12;
const SMALL = 5_000;
const LARGE = 200_000;

/** Peak resident memory of the real command with a heap of 96 MB, at 5,000 and at 200,000 messages. */
export async function memory(): Promise<void> {
  console.log(`\nmemory: \`sync\` under --max-old-space-size=96`);
  await using endpoint = await openScratchMongo();
  const small = await peakOf(SMALL, endpoint.uri);
  const large = await peakOf(LARGE, endpoint.uri);
  console.log(
    `  ${small.messages} messages: peak ${small.megabytes} MB; ${large.messages} messages: peak ${large.megabytes} MB`,
  );
  const growth = large.megabytes - small.megabytes;
  tell("growth of peak memory from 5,000 to 200,000 messages", `${growth} MB`, "≤ 20 MB", growth <= 20);
  tell("peak memory at 200,000 messages", `${large.megabytes} MB`, "≤ 160 MB", large.megabytes <= 160);
}

async function peakOf(messages: number, uri: string): Promise<{ messages: number; megabytes: number }> {
  const conversations = Math.ceil(messages / MEAN);
  const size = ["--conversations", `${conversations}`, "--messages", `${MEAN}`, "--rate-limit", "off"];
  await using simulator = await startSimulatorProcess(size);
  const env = {
    ...simulator.env,
    HOSTAWAY_RATE_LIMIT: "999999/1s",
    MONGODB_URI: uri,
    MONGODB_DATABASE: `bench_memory_${messages}`,
    LOG_LEVEL: "warn",
  };
  const megabytes = await peakOfSync(env);
  return { messages: simulator.messages, megabytes };
}

/** The operating system's own peak, written down by the process itself as it ends. */
async function peakOfSync(env: Readonly<Record<string, string>>): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "hostaway-sync-bench-"));
  const result = join(folder, "peak");
  const probe = `data:text/javascript,import{writeFileSync}from"node:fs";process.on("exit",()=>writeFileSync(${JSON.stringify(
    result,
  )},String(process.resourceUsage().maxRSS)))`;
  const args = ["--max-old-space-size=96", `--import=${probe}`, resolve(CLI), "sync"];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const code = await new Promise((done) => child.on("exit", done));
  if (code !== 0) throw new Error(`sync ended with ${code}`);
  const kilobytes = Number(await readFile(result, "utf8"));
  await rm(folder, { recursive: true });
  return Math.round(kilobytes / 1_024);
}
