import type { LeaseHolder } from "../domain/lease.ts";
import { inline } from "../domain/printable.ts";
import type { Colors } from "./colors.ts";
import { formatDuration } from "./numbers.ts";

/** The run that holds the lease, and when the lease expires if that run has crashed. */
export function renderBusy(accountId: string, holder: LeaseHolder, colors: Colors): string {
  const { run_id, host, pid, since, last_heartbeat, expires_at, read_at } = holder;
  const sinceThen = (moment: Date) => formatDuration(Math.max(0, read_at.getTime() - moment.getTime()));
  const left = formatDuration(Math.max(0, expires_at.getTime() - read_at.getTime()));
  return [
    `${colors.yellow("! busy")}: another run is already in progress on account ${accountId}. Nothing was done.`,
    `  run ${inline(run_id)} on ${inline(host)} (process ${pid}), started ${since.toISOString()}, ${sinceThen(since)} ago`,
    colors.dim(
      `  Last sign of life ${sinceThen(last_heartbeat)} ago. If it has crashed, its lock expires in ${left}.`,
    ),
  ].join("\n");
}
