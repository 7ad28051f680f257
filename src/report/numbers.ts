const WHOLE = new Intl.NumberFormat("en-US");

/** "12,345" */
export function formatCount(count: number): string {
  return WHOLE.format(count);
}

/** "430 ms", "6.2 s", "3 min 20 s", "2 h 5 min" */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1_000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
