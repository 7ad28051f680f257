export interface Stats {
  readonly requests: number;
  readonly byEndpoint: Readonly<Record<string, number>>;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly rateLimited: number;
  /** The most requests that arrived in any window of the rate limit's length. */
  readonly maxInAnyWindow: number;
  readonly maxConcurrent: number;
  /** Body bytes sent, after compression. */
  readonly bytes: number;
  readonly faults: number;
}

const zero = () => ({
  requests: 0,
  byEndpoint: {} as Record<string, number>,
  byStatus: {} as Record<string, number>,
  rateLimited: 0,
  maxInAnyWindow: 0,
  maxConcurrent: 0,
  bytes: 0,
  faults: 0,
});

export type Counters = ReturnType<typeof createStats>;

export function createStats(windowMs: number) {
  let numbers = zero();
  let arrivals: number[] = [];
  let concurrent = 0;
  const add = (counts: Record<string, number>, key: string) => {
    counts[key] = (counts[key] ?? 0) + 1;
  };
  return {
    arrived(endpoint: string, now: number): void {
      numbers.requests++;
      add(numbers.byEndpoint, endpoint);
      arrivals.push(now);
      while (now - (arrivals[0] ?? now) >= windowMs) arrivals.shift();
      numbers.maxInAnyWindow = Math.max(numbers.maxInAnyWindow, arrivals.length);
      numbers.maxConcurrent = Math.max(numbers.maxConcurrent, ++concurrent);
    },
    left: () => void concurrent--,
    answered(status: number, bytes: number): void {
      add(numbers.byStatus, String(status));
      numbers.bytes += bytes;
    },
    refused: () => void numbers.rateLimited++,
    faulted: () => void numbers.faults++,
    read: (): Stats => structuredClone(numbers),
    reset(): void {
      numbers = zero();
      arrivals = [];
    },
  };
}
