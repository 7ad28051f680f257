import { ConfigError } from "../config.ts";
import { inline } from "../domain/printable.ts";
import { EXIT_CODE, type RunReport } from "../domain/run-report.ts";
import type { Selection } from "../domain/sync-state.ts";
import { type AddCommand, EXIT } from "./command.ts";
import { runAndTell } from "./run-and-tell.ts";
import { backfillOnce } from "./run-backfill.ts";

interface BackfillOptions {
  readonly all?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly reservation?: readonly string[];
  readonly conversation?: readonly string[];
  readonly resume?: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly report?: string;
  readonly json: boolean;
}

export const add: AddCommand = (program, context, run) => {
  program
    .command("backfill")
    .description("read a chosen part of the past once more; what is the same stays untouched")
    .option("--all", "everything: listings, reservations, and all messages of all conversations")
    .option("--from <date>", "conversations that were active on this day (UTC, YYYY-MM-DD) or later")
    .option("--to <date>", "conversations that were active on this day or before")
    .option("--reservation <id...>", "these reservations and their conversations")
    .option("--conversation <id...>", "these conversations")
    .option(
      "--resume",
      "go on with the backfill that was interrupted; beside --all and the like only if it was that one",
    )
    .option("--dry-run", "read and compare, write nothing, and say what would change", false)
    .option("--yes", "do not ask before a long one", false)
    .option("--report <file>", "write the run report to a file, as JSON")
    .option("--json", "print the run report as one line of JSON; log lines go to stderr", false)
    .action((options: BackfillOptions) => {
      const { dryRun, yes, report, json } = options;
      const { what, resume } = whatToRead(options);
      return run(
        runAndTell(context, { json, ...(report !== undefined && { report }) }, ({ dryRunByDefault }) => ({
          mode: "backfill",
          dryRun: dryRun || dryRunByDefault,
          perform: (parts) => backfillOnce(parts, { what, resume, dryRun: dryRun || dryRunByDefault, yes }),
          exitCodeOf: (done) => exitCodeOf(done, what),
        })),
      );
    });
};

/** What is asked for; null when that is for the interrupted backfill to say. */
interface Asked {
  readonly what: Selection | null;
  readonly resume: boolean;
}

/** Exactly one way to say what is meant; `--resume` may stand beside it. Throws `ConfigError`. */
function whatToRead(options: BackfillOptions): Asked {
  const { all, from, to, reservation, conversation, resume } = options;
  const ways = [
    all,
    from !== undefined || to !== undefined,
    reservation !== undefined || conversation !== undefined,
  ].filter(Boolean);
  if (ways.length === 0 && resume) return { what: null, resume };
  if (ways.length !== 1)
    throw new ConfigError(
      "backfill needs to know what: --all, or --from and --to, or --reservation and --conversation, or --resume. Just one of them.",
    );
  return { what: selectionOf(options), resume: resume ?? false };
}

function selectionOf({ all, from, to, reservation, conversation }: BackfillOptions): Selection {
  if (all) return { kind: "all" };
  if (reservation || conversation)
    return {
      kind: "items",
      reservations: checkIds("--reservation", reservation),
      conversations: checkIds("--conversation", conversation),
    };
  return { kind: "activity", ...checkDays(from ?? null, to ?? null) };
}

function checkIds(option: string, ids: readonly string[] = []): string[] {
  const bad = ids.filter((id) => !/^[1-9]\d{0,17}$/.test(id));
  if (bad.length > 0)
    throw new ConfigError(`${option} ${inline(bad.join(" "))}: expected Hostaway's ids, digits only.`);
  return [...new Set(ids)];
}

function checkDays(from: string | null, to: string | null) {
  for (const [option, day] of [
    ["--from", from],
    ["--to", to],
  ] as const)
    if (day !== null && !isDay(day))
      throw new ConfigError(`${option} ${inline(day)}: expected a day such as 2026-03-31.`);
  if (from !== null && to !== null && from > to)
    throw new ConfigError(`--from ${from} lies after --to ${to}.`);
  return { from, to };
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const day = new Date(text);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** Where nothing that was asked for exists, the question was wrong. */
function exitCodeOf({ status, failures }: RunReport, what: Selection | null): number {
  const asked = what?.kind === "items" ? what.conversations.length + what.reservations.length : null;
  const unknown = failures.filter(({ error_type }) => error_type === "not_found");
  return status === "partial" && unknown.length === asked ? EXIT.usage : EXIT_CODE[status];
}
