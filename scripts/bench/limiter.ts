import { systemClock } from "../../src/clock.ts";
import { createRateLimiter } from "../../src/http/rate-limiter.ts";
import { startSimulatorProcess, tell } from "./support.ts";

const LIMIT = 200;
const WINDOW_MS = 10_000;
const WORKERS = 200;
const SECONDS = 33;

/**
 * The limiter with a server that counts, in real time: as many requests as it lets through for half a
 * minute, at the full documented limit. A refusal would be our fault.
 */
export async function limiter(): Promise<void> {
  console.log(`\nlimiter: ${LIMIT} per 10 s, ${SECONDS} s each`);
  for (const window of ["sliding", "fixed"] as const) {
    for (const latencyMs of [20, 300, 600]) await measure(window, latencyMs);
  }
}

async function measure(window: "sliding" | "fixed", latencyMs: number): Promise<void> {
  const profile = ["--rate-limit", `${LIMIT}/10s`, "--window", window, "--latency", `${latencyMs}`];
  await using simulator = await startSimulatorProcess(["--conversations", "1", ...profile]);
  const rate = createRateLimiter({ limit: LIMIT, windowMs: WINDOW_MS, clock: systemClock });
  const roundTrips: number[] = [];
  const starts: number[] = [];
  let refused = 0;
  const began = performance.now();
  const worker = async () => {
    while (performance.now() - began < SECONDS * 1_000) {
      const slot = await rate.acquire();
      const start = performance.now();
      starts.push(start);
      const { status } = await fetch(`${simulator.url}/listings?limit=1`);
      roundTrips.push(performance.now() - start);
      slot.release();
      if (status === 429) refused += 1;
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  report(window, latencyMs, refused, shareUsed(starts, roundTrips));
}

/** Whole bursts only: from the first start of one to the first start of the last. */
function shareUsed(starts: readonly number[], roundTrips: readonly number[]): number {
  const bursts = Math.floor(starts.length / LIMIT) - 1;
  const elapsed = (starts[bursts * LIMIT] ?? Number.NaN) - (starts[0] ?? Number.NaN);
  const mean = roundTrips.reduce((sum, ms) => sum + ms, 0) / roundTrips.length;
  return (bursts * LIMIT * (WINDOW_MS + mean)) / (LIMIT * elapsed);
}

function report(window: string, latencyMs: number, refused: number, share: number): void {
  tell(`429s, ${window} window, ${latencyMs} ms`, `${refused}`, "0", refused === 0);
  const percent = `${(share * 100).toFixed(1)} %`;
  tell(`share of what the rule allows, ${window} window, ${latencyMs} ms`, percent, "≥ 99 %", share >= 0.99);
}
