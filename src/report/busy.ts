import type { LeaseHolder } from "../domain/lease.ts";
import { inline } from "../domain/printable.ts";
import type { Colors } from "./colors.ts";
import { formatDuration } from "./numbers.ts";

/** Who is at work, since when, and when it is over at the latest if nobody is any more. */
export function renderBusy(accountId: string, holder: LeaseHolder, colors: Colors): string {
  const { run_id, host, pid, since, last_heartbeat, expires_at, read_at } = holder;
  const sinceThen = (moment: Date) => formatDuration(Math.max(0, read_at.getTime() - moment.getTime()));
  const left = formatDuration(Math.max(0, expires_at.getTime() - read_at.getTime()));
  return [
    `${colors.yellow("! busy")}: another run is at work on account ${accountId}. Nothing was done.`,
    `  run ${inline(run_id)} on ${inline(host)} (process ${pid}), since ${since.toISOString()}, ${sinceThen(since)} ago`,
    colors.dim(
      `  It was last heard of ${sinceThen(last_heartbeat)} ago. If it is gone, its lease ends by itself in ${left}.`,
    ),
  ].join("\n");
}
