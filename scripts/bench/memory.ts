import { measureSync, openScratchMongo, startSimulatorProcess, tell } from "./support.ts";

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
  const { megabytes } = await measureSync(env);
  return { messages: simulator.messages, megabytes };
}
