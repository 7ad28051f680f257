import { startSimulator } from "../../src/simulator/simulator.ts";
import { measureSync, openScratchMongo, tell } from "./support.ts";

const SMALL = 2_000;
const LARGE = 20_000;
const CHANGED = 500;
const PAGE = 500;
const ALMOST_NO_SWEEP = "3650";

/** What a nightly run of a large account asks of Hostaway, and what its scan takes of memory. */
export async function nightly(): Promise<void> {
  console.log(`\nnightly: ${LARGE} conversations, ${CHANGED} changed; the scan at ${SMALL} and ${LARGE}`);
  await using endpoint = await openScratchMongo();
  const small = await nightsOf(SMALL, endpoint.uri);
  const large = await nightsOf(LARGE, endpoint.uri);

  const { calls } = large.busy.api;
  const { changed, swept, scanned } = large.busy.items.conversations;
  // Token, listings, the reservations that changed, the list of conversations, and each that changed.
  const least = 1 + 1 + Math.ceil(CHANGED / PAGE) + Math.ceil(scanned / PAGE) + changed;
  console.log(
    `  ${scanned} scanned, ${changed} changed, ${swept} swept: ${calls} calls, ${least} + ${swept} at least`,
  );
  const ratio = calls / (least + swept);
  tell("API calls ÷ theoretical minimum with the sweep", ratio.toFixed(3), "≤ 1.05", ratio <= 1.05);
  console.log(`  nothing changed: peak ${small.megabytes} MB and ${large.megabytes} MB`);
  const growth = large.megabytes - small.megabytes;
  tell(`growth of the scan's peak memory, ${SMALL} to ${LARGE}`, `${growth} MB`, "≤ 10 MB", growth <= 10);
}

async function nightsOf(conversations: number, uri: string) {
  await using simulator = await startSimulator({
    conversations,
    messagesPerConversation: { min: 1, max: 3 },
    rateLimit: "off",
  });
  const env = {
    HOSTAWAY_BASE_URL: simulator.url,
    HOSTAWAY_ACCOUNT_ID: simulator.accountId,
    HOSTAWAY_API_KEY: simulator.apiKey,
    HOSTAWAY_RATE_LIMIT: "999999/1s",
    MONGODB_URI: uri,
    MONGODB_DATABASE: `bench_nightly_${conversations}`,
    LOG_LEVEL: "warn",
  };
  await measureSync(env);
  for (const id of someOf(simulator, CHANGED)) simulator.world.guestWrites(id);
  const { report: busy } = await measureSync(env);
  const { megabytes } = await measureSync({ ...env, SYNC_SWEEP_DAYS: ALMOST_NO_SWEEP });
  return { busy, megabytes };
}

function someOf(simulator: Awaited<ReturnType<typeof startSimulator>>, count: number): number[] {
  const ids = [...simulator.oracle.conversations()].map((one) => Number(one.conversation_id));
  return ids.filter((_, index) => index % Math.floor(ids.length / count) === 0).slice(0, count);
}
