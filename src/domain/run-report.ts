import { z } from "zod";
import { ERROR_TYPES, type Failure, ITEM_TYPES, type ItemType, POLICY, remedyOf, STAGES } from "./failure.ts";
import { id, oneOf, text, time, whole } from "./fields.ts";
import type { ItemCounts, Ledger } from "./ledger.ts";

/** `partial`: some items failed, the rest is stored. `failed`: the run ended early. */
export const RUN_STATUSES = ["succeeded", "partial", "failed"] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** `replay`: only failed items were retried. `backfill`: selected items were read again. */
export const RUN_MODES = ["incremental", "replay", "backfill"] as const;

/** Something a person should know or decide, though nothing failed. */
export const WARNING_TYPES = ["deletions_held_back", "dates_not_understood"] as const;

/** API calls; each try counts. */
const ApiCounts = z.object({
  calls: whole("Requests, each try counted."),
  retries: whole("Requests that were made again."),
  rate_limited: whole("Answers that said: too many requests."),
  by_endpoint: z.record(z.string(), z.int()).describe("Requests by endpoint."),
});
export type ApiCounts = DeepReadonly<z.infer<typeof ApiCounts>>;

const Counts = z.object({
  attempted: whole("Met in this run."),
  succeeded: whole("Stored, or found to be stored already."),
  failed: whole("Not stored; each is a dead letter."),
  inserted: whole("New."),
  updated: whole("Changed."),
  unchanged: whole("As it was."),
});

const deleted = () => whole("Marked as deleted.");
const heldBack = () => whole("Not shown by Hostaway any more, but too many at once to be marked.");

/**
 * One entry for each kind of item, under its plural: a kind that is missing here does not compile (P6). The
 * additional fields of a kind are observations about it.
 */
const Items = z.object({
  listings: Counts.describe("Properties."),
  reservations: Counts.describe("Bookings and inquiries."),
  conversations: Counts.extend({
    scanned: whole("Shown by the list."),
    changed: whole("Read because their fingerprint had changed."),
    swept: whole("Read although it had not."),
    refreshed: whole("Written anew from what is stored, because something around them had changed."),
    gone: whole("Listed, but deleted in Hostaway before they could be read."),
    deleted: deleted(),
    held_back: heldBack(),
  }).describe("Conversations."),
  messages: Counts.extend({ deleted: deleted(), held_back: heldBack() }).describe("Messages."),
} satisfies Record<`${ItemType}s`, typeof Counts>);

const Warning = z.object({
  type: oneOf(WARNING_TYPES, "What it is about."),
  message: text("What was noticed: counts and field names, nothing that anybody wrote."),
  remediation: text("What a person can do."),
});
export type Warning = DeepReadonly<z.infer<typeof Warning>>;

const ReportedFailure = z.object({
  failure_id: text("The item's name among the dead letters; null when it is not about one item.").nullable(),
  item_type: oneOf([...ITEM_TYPES, "run"], "`run` when it is not about one item but ended the run."),
  item_id: text("Hostaway's id.").nullable(),
  conversation_id: text("The conversation it belongs to.").nullable(),
  stage: oneOf(STAGES, "Where it went wrong."),
  error_type: oneOf(ERROR_TYPES, "What went wrong."),
  message: text("What exactly: field paths, ids and status codes, nothing that anybody wrote."),
  attempts: whole("How often it was tried."),
  http_status: whole("Hostaway's status code, when it was about one.").nullable(),
  remediation: text("What a person can do."),
  retryable: z.boolean().describe("Whether asking again may help."),
});
export type ReportedFailure = DeepReadonly<z.infer<typeof ReportedFailure>>;

export const RunReport = z.object({
  run_id: text("The run, a ULID: later runs have greater ones."),
  account_id: id("The Hostaway account."),
  mode: oneOf(RUN_MODES, "What kind of run it was."),
  dry_run: z.boolean().describe("True when nothing was written: the counts say what would have been."),
  status: oneOf(RUN_STATUSES, "How it ended."),
  started_at: time("When it began."),
  finished_at: time("When it ended."),
  duration_ms: whole("How long it took."),
  summary: z
    .object({
      attempted: whole("All items met."),
      succeeded: whole("All items stored."),
      failed: whole("All items that are not stored."),
      success_rate: z.number().nullable().describe("Null when nothing was attempted."),
    })
    .describe("The sums over all kinds of items."),
  items: Items.describe("What became of the items, by kind."),
  api: ApiCounts.extend({
    full_sync_calls: whole(
      "What reading everything would have taken at least; null when the run did not see the whole list.",
    ).nullable(),
  }).describe("What the run asked of Hostaway."),
  open_failures: whole(
    "Items that failed, in this run or before, and have not succeeded since; null when it could not be told.",
  ).nullable(),
  warnings: z.array(Warning).describe("What a person should know although nothing failed."),
  failures: z
    .array(ReportedFailure)
    .describe("What ended the run early, first, then the items that failed; the first thousand of them."),
});
export type RunReport = DeepReadonly<z.infer<typeof RunReport>>;

type DeepReadonly<T> = T extends Date
  ? T
  : T extends readonly (infer Element)[]
    ? readonly DeepReadonly<Element>[]
    : T extends object
      ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
      : T;

export interface RunFacts {
  readonly runId: string;
  readonly accountId: string;
  readonly mode: RunReport["mode"];
  readonly dryRun: boolean;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly api: ApiCounts;
  readonly fullSyncCalls: number | null;
  readonly openFailures: number | null;
}

export const EXIT_CODE: Readonly<Record<RunStatus, number>> = { succeeded: 0, failed: 1, partial: 3 };

/** Everything here is derived from the ledger; nothing is counted twice. */
export function toReport(ledger: Ledger, facts: RunFacts): RunReport {
  const sum = (key: "attempted" | "succeeded" | "failed") =>
    ITEM_TYPES.reduce((total, type) => total + ledger.counts(type)[key], 0);
  const attempted = sum("attempted");
  const succeeded = sum("succeeded");
  return {
    run_id: facts.runId,
    account_id: facts.accountId,
    mode: facts.mode,
    dry_run: facts.dryRun,
    status: statusOf(ledger, sum("failed"), facts),
    started_at: facts.startedAt,
    finished_at: facts.finishedAt,
    duration_ms: facts.finishedAt.getTime() - facts.startedAt.getTime(),
    summary: {
      attempted,
      succeeded,
      failed: sum("failed"),
      success_rate: attempted === 0 ? null : Number((succeeded / attempted).toFixed(4)),
    },
    items: itemsOf(ledger),
    api: { ...facts.api, full_sync_calls: facts.fullSyncCalls },
    open_failures: facts.openFailures,
    warnings: warningsOf(ledger),
    failures: [...(ledger.endedBy ? [ledger.endedBy] : []), ...ledger.failures].map((failure) =>
      toReported(failure, facts),
    ),
  };
}

function toReported({ remedy, ...failure }: Failure, { mode }: RunFacts): ReportedFailure {
  const known = remedy === undefined ? failure : { ...failure, remedy };
  return {
    ...failure,
    remediation: remedyOf(known, mode === "backfill"),
    retryable: POLICY[failure.error_type].retry,
  };
}

function itemsOf(ledger: Ledger): RunReport["items"] {
  const seen = ledger.observations;
  const { scanned, changed, swept, refreshed, gone } = seen;
  const countsOf = (type: ItemType): ItemCounts => ({ ...ledger.counts(type) });
  return {
    listings: countsOf("listing"),
    reservations: countsOf("reservation"),
    conversations: {
      ...countsOf("conversation"),
      ...{ scanned, changed, swept, refreshed, gone },
      deleted: seen.deletedConversations,
      held_back: seen.heldBackConversations,
    },
    messages: {
      ...countsOf("message"),
      deleted: seen.deletedMessages,
      held_back: seen.heldBackMessages,
    },
  };
}

function warningsOf({ observations, unreadDates }: Ledger): Warning[] {
  const { heldBackConversations, heldBackMessages } = observations;
  const what = [
    ...(heldBackConversations > 0 ? [`${heldBackConversations} conversations`] : []),
    ...(heldBackMessages > 0 ? [`${heldBackMessages} messages`] : []),
  ];
  const heldBack: Warning = {
    type: "deletions_held_back",
    message: `Hostaway no longer shows ${what.join(" and ")}: more than 1 % at once, so nothing was marked as deleted`,
    remediation: "If they were deleted on purpose, run: hostaway-sync sync --accept-deletions",
  };
  const fields = [...unreadDates].sort(([a], [b]) => (a < b ? -1 : 1));
  const unread: Warning = {
    type: "dates_not_understood",
    message: `Dates were sent in a form that is not understood, and left out: ${fields.map(([field, count]) => `${field} (${count})`).join(", ")}`,
    remediation:
      "Nothing is missing but these dates. If this keeps happening, please report it with the names of the fields.",
  };
  return [...(what.length > 0 ? [heldBack] : []), ...(fields.length > 0 ? [unread] : [])];
}

/** With open failures of earlier runs that are not due yet, the copy is not complete (P1). */
function statusOf(ledger: Ledger, failed: number, { mode, openFailures }: RunFacts): RunStatus {
  if (ledger.endedBy) return "failed";
  return failed > 0 || (mode === "incremental" && openFailures !== 0) ? "partial" : "succeeded";
}
