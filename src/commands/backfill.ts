import { ConfigError } from "../config.ts";
import { inline } from "../domain/printable.ts";
import { EXIT_CODE, type RunReport } from "../domain/run-report.ts";
import type { BackfillJob, Selection } from "../service/job.ts";
import { type AddCommand, EXIT } from "./command.ts";
import { confirmCost } from "./confirm.ts";
import { runAndReport } from "./run-and-report.ts";

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

export const addBackfill: AddCommand = (program, context, run) => {
  program
    .command("backfill")
    .description("re-read selected conversations; unchanged data is left alone")
    .option("--all", "everything: listings, reservations, and all messages of all conversations")
    .option("--from <date>", "conversations that were active on this day (UTC, YYYY-MM-DD) or later")
    .option("--to <date>", "conversations that were active on this day or before")
    .option("--reservation <id...>", "these reservations and their conversations")
    .option("--conversation <id...>", "these conversations")
    .option("--resume", "continue the interrupted backfill; a selection beside it must be the same")
    .option("--dry-run", "read and compare, write nothing, and show what would change", false)
    .option("--yes", "do not ask for confirmation", false)
    .option("--report <file>", "write the run report to a file, as JSON")
    .option("--json", "print the run report as one line of JSON; log lines go to stderr", false)
    .action((options: BackfillOptions) => {
      const { dryRun, yes, report, json } = options;
      const request = requestFrom(options);
      return run(
        runAndReport(context, { json, ...(report !== undefined && { report }) }, ({ sync }) => ({
          job: { kind: "backfill", ...request, dryRun: dryRun || sync.dryRun },
          ...(!yes && { confirm: (session) => (cost) => confirmCost(cost, session) }),
          exitCodeOf: (done) => backfillExitCode(done, request.selection),
        })),
      );
    });
};

/** Exactly one kind of selection; `--resume` may stand beside it. Throws `ConfigError`. */
function requestFrom(options: BackfillOptions): Pick<BackfillJob, "selection" | "resume"> {
  const { all, from, to, reservation, conversation, resume } = options;
  const selections = [
    all,
    from !== undefined || to !== undefined,
    reservation !== undefined || conversation !== undefined,
  ].filter(Boolean);
  if (selections.length === 0 && resume) return { selection: null, resume };
  if (selections.length !== 1)
    throw new ConfigError(
      "backfill needs exactly one selection: --all, --from and --to, --reservation and --conversation, or --resume.",
    );
  return { selection: selectionOf(options), resume: resume ?? false };
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
    throw new ConfigError(`${option} ${inline(bad.join(" "))}: expected Hostaway ids (digits only).`);
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

/** A selection of which nothing exists is a usage error. */
function backfillExitCode({ status, failures }: RunReport, selection: Selection | null): number {
  const asked =
    selection?.kind === "items" ? selection.conversations.length + selection.reservations.length : null;
  const unknown = failures.filter(({ error_type }) => error_type === "not_found");
  return status === "partial" && unknown.length === asked ? EXIT.usage : EXIT_CODE[status];
}
