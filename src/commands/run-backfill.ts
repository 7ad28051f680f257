import { createInterface } from "node:readline/promises";
import { isDeepStrictEqual } from "node:util";
import { ulid } from "ulid";
import { openHostaway, type StoreConnection } from "../app.ts";
import { ConfigError } from "../config.ts";
import { AccountBusyError, type LeaseHolder } from "../domain/lease.ts";
import type { RunReport } from "../domain/run-report.ts";
import { Selection } from "../domain/sync-state.ts";
import { renderBackfillCost } from "../report/backfill-cost.ts";
import { type BackfillPlan, backfillAccount } from "../sync/backfill.ts";
import { type BackfillCost, estimateBackfill } from "../sync/backfill-cost.ts";
import { acquirePreemptible, type PreemptibleLease } from "../sync/preemption.ts";
import { type Context, printLine } from "./command.ts";
import { earlierUse, prepare, type RunParts } from "./run-once.ts";

export interface BackfillWishes {
  /** Null: whatever the interrupted one was to read. */
  readonly what: Selection | null;
  /** Whether to go on with the interrupted one; when something is asked for, it must be what that one reads. */
  readonly resume: boolean;
  readonly dryRun: boolean;
  /** Whether a long one begins without a question. */
  readonly yes: boolean;
}

/** Longer ones ask first, where there is somebody to ask. */
const LONG_MS = 60_000;

/** One backfill. Null when a person decided against it. Throws `ConfigError` when there is nothing to resume. */
export async function backfillOnce(parts: RunParts, wishes: BackfillWishes): Promise<RunReport | null> {
  const { config, context, output, store } = parts;
  const { accountId, concurrency, rateLimit } = config.hostaway;
  const { clock, signal } = context;
  const runId = ulid(clock.now().getTime());
  const log = output.log.child({ run_id: runId, account_id: accountId });
  const plan = await planOf(wishes, runId, store, accountId);
  if (!wishes.dryRun) await prepare(store, log);

  const readOnly = store.stores(null, runId);
  const earlier = await earlierUse(store, config, context);
  using hostaway = openHostaway(config.hostaway, clock, { earlier });
  const cost = await estimateBackfill(
    { source: hostaway.source, stores: readOnly, accountId, rateLimit },
    plan,
    signal,
  );
  log.info("backfill planned", { backfill: plan.id, selection: plan.selection, ...cost });
  if (output.interactive) printLine(context, renderBackfillCost(cost, rateLimit, output.colors));
  if (!wishes.yes && !(await isWanted(cost, parts))) return null;

  const onWait = (holder: LeaseHolder) => {
    if (output.interactive)
      printLine(
        context,
        output.colors.dim(`  Run ${holder.run_id} is at work on this account: waiting for it.`),
      );
    output.journal.info("waiting for another run", { run_id: runId, holder });
  };
  const onHandOver = () => log.info("making way for another run");
  const { windowMs } = rateLimit;
  const way = { leases: store.leases, accountId, runId, clock, windowMs, onWait, onHandOver };
  await using lease = wishes.dryRun
    ? await nobodyElse(store, accountId)
    : await acquirePreemptible(way, signal);
  log.info("run started", { database: store.endpoint.description, dry_run: wishes.dryRun });
  const { show: onProgress, close } = output.progress;
  return await backfillAccount(
    {
      runId,
      accountId,
      source: hostaway.source,
      stores: store.stores(lease, runId),
      lease,
      clock,
      concurrency,
      sweepDays: config.sync.sweepDays,
      acceptDeletions: false,
      thresholds: config.sync.thresholds,
      apiCounts: hostaway.counts,
      expectedCalls: cost.calls,
      onProgress,
    },
    plan,
    lease,
    signal,
  ).finally(close);
}

/** A dry run writes nothing and has no lease; beside another run it would compare with what is being written. */
async function nobodyElse(store: StoreConnection, accountId: string): Promise<PreemptibleLease | null> {
  const holder = await store.leases.holder(accountId);
  if (holder) throw new AccountBusyError(holder);
  return null;
}

async function planOf(
  { what, resume }: BackfillWishes,
  runId: string,
  store: StoreConnection,
  accountId: string,
): Promise<BackfillPlan> {
  if (what && !resume) return { id: runId, selection: what, listsRead: false };
  const { backfill } = await store.stores(null, runId).accountStates.read(accountId);
  if (!backfill || backfill.finished_at !== null)
    throw new ConfigError(
      `There is nothing to resume: no backfill of this account was interrupted.${what ? ` To begin one, run: ${commandFor(what)}` : ""}`,
    );
  const selection = Selection.parse(JSON.parse(backfill.selection));
  if (what && !isDeepStrictEqual(what, selection))
    throw new ConfigError(
      [
        "The backfill that was interrupted reads something else.",
        `To go on with it, run: ${commandFor(selection)} --resume`,
        `To give it up and begin a new one, run: ${commandFor(what)}`,
      ].join("\n"),
    );
  return { id: backfill.id, selection, listsRead: backfill.lists_read };
}

/** What a person types to begin it. */
function commandFor(selection: Selection): string {
  return ["hostaway-sync backfill", ...optionsFor(selection)].join(" ");
}

function optionsFor(selection: Selection): string[] {
  if (selection.kind === "all") return ["--all"];
  const given =
    selection.kind === "activity"
      ? { "--from": toList(selection.from), "--to": toList(selection.to) }
      : { "--reservation": selection.reservations, "--conversation": selection.conversations };
  return Object.entries(given).flatMap(([option, values]) => (values.length > 0 ? [option, ...values] : []));
}

function toList(day: string | null): string[] {
  return day === null ? [] : [day];
}

async function isWanted({ ms }: BackfillCost, { context, output }: RunParts): Promise<boolean> {
  if (ms < LONG_MS || !output.interactive || !context.stdin?.isTTY) return true;
  return await askPerson("  Go on? [y/N] ", context.stdin, context);
}

async function askPerson(
  question: string,
  input: NodeJS.ReadStream,
  { stdout, signal }: Context,
): Promise<boolean> {
  const lines = createInterface({ input, output: stdout });
  try {
    return /^y(es)?$/i.test((await lines.question(question, { signal })).trim());
  } catch {
    return false;
  } finally {
    lines.close();
  }
}
