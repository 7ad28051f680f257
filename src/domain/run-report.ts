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
  calls: whole("Requests, including retries."),
  retries: whole("Requests that were retried."),
  rate_limited: whole("Responses with status 429, too many requests."),
  by_endpoint: z.record(z.string(), z.int()).describe("Requests by endpoint."),
});
export type ApiCounts = DeepReadonly<z.infer<typeof ApiCounts>>;

const Counts = z.object({
  attempted: whole("Items seen in this run."),
  succeeded: whole("Stored, or already stored."),
  failed: whole("Not stored; each is a dead letter."),
  inserted: whole("New."),
  updated: whole("Changed."),
  unchanged: whole("Not changed."),
});

const deleted = () => whole("Marked as deleted.");
const heldBack = () =>
  whole("No longer shown by Hostaway, but not marked as deleted because too many disappeared at once.");

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
    swept: whole("Re-read without a visible change, as part of the rolling check."),
    refreshed: whole(
      "Rewritten from stored data, because their reservation, listing or list entry had changed.",
    ),
    gone: whole("Listed, but deleted in Hostaway before they could be read."),
    deleted: deleted(),
    held_back: heldBack(),
  }).describe("Conversations."),
  messages: Counts.extend({ deleted: deleted(), held_back: heldBack() }).describe("Messages."),
} satisfies Record<`${ItemType}s`, typeof Counts>);

const Warning = z.object({
  type: oneOf(WARNING_TYPES, "The subject of the warning."),
  message: text("The warning: counts and field names, never message text."),
  remediation: text("Advice for a person."),
});
export type Warning = DeepReadonly<z.infer<typeof Warning>>;

const ReportedFailure = z.object({
  failure_id: text(
    "The id of the item's dead letter; null when the failure is not about one item.",
  ).nullable(),
  item_type: oneOf([...ITEM_TYPES, "run"], "`run` when the failure is not about one item but ended the run."),
  item_id: text("Hostaway's id.").nullable(),
  conversation_id: text("The conversation it belongs to.").nullable(),
  stage: oneOf(STAGES, "The stage that failed."),
  error_type: oneOf(ERROR_TYPES, "The kind of error."),
  message: text("Details: field paths, ids and status codes, never message text."),
  attempts: whole("Number of attempts."),
  http_status: whole("Hostaway's HTTP status, if any.").nullable(),
  remediation: text("Advice for a person."),
  retryable: z.boolean().describe("Whether a retry may help."),
});
export type ReportedFailure = DeepReadonly<z.infer<typeof ReportedFailure>>;

export const RunReport = z.object({
  run_id: text("The run, a ULID: later runs have greater ones."),
  account_id: id("The Hostaway account."),
  mode: oneOf(RUN_MODES, "The kind of run."),
  dry_run: z.boolean().describe("True when nothing was written: counts show what would have changed."),
  status: oneOf(RUN_STATUSES, "The outcome."),
  started_at: time("Start of the run."),
  finished_at: time("End of the run."),
  duration_ms: whole("Duration of the run."),
  summary: z
    .object({
      attempted: whole("All items seen."),
      succeeded: whole("All items stored."),
      failed: whole("All items that are not stored."),
      success_rate: z.number().nullable().describe("Null when nothing was attempted."),
    })
    .describe("Totals over all kinds of items."),
  items: Items.describe("Results by kind of item."),
  api: ApiCounts.extend({
    full_sync_calls: whole(
      "Calls that a full sync would have taken at least; null when the run did not see the whole list.",
    ).nullable(),
  }).describe("Calls to Hostaway's API."),
  open_failures: whole(
    "Items that failed in this or an earlier run and have not succeeded since; null when they could not be counted.",
  ).nullable(),
  warnings: z
    .array(Warning)
    .describe("Observations for a person to decide on; they do not change the status."),
  failures: z
    .array(ReportedFailure)
    .describe("The failure that ended the run early, then failed items, up to 1,000."),
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
  const missing = [
    ...(heldBackConversations > 0 ? [`${heldBackConversations} conversations`] : []),
    ...(heldBackMessages > 0 ? [`${heldBackMessages} messages`] : []),
  ];
  const heldBack: Warning = {
    type: "deletions_held_back",
    message: `Hostaway no longer shows ${missing.join(" and ")}: more than 1 % at once, so nothing was marked as deleted`,
    remediation: "If they were deleted on purpose, run: hostaway-sync sync --accept-deletions",
  };
  const fields = [...unreadDates].sort(([a], [b]) => (a < b ? -1 : 1));
  const unread: Warning = {
    type: "dates_not_understood",
    message: `Some dates could not be read and were left out: ${fields.map(([field, count]) => `${field} (${count})`).join(", ")}`,
    remediation:
      "Only these dates are missing. If this keeps happening, report it with the names of the fields.",
  };
  return [...(missing.length > 0 ? [heldBack] : []), ...(fields.length > 0 ? [unread] : [])];
}

/** With open failures of earlier runs that are not due yet, the copy is not complete (P1). */
function statusOf(ledger: Ledger, failed: number, { mode, openFailures }: RunFacts): RunStatus {
  if (ledger.endedBy) return "failed";
  return failed > 0 || (mode === "incremental" && openFailures !== 0) ? "partial" : "succeeded";
}
