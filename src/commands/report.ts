import { InvalidArgumentError } from "commander";
import type { StoreConnection } from "../app.ts";
import { type Config, readConfig } from "../config.ts";
import type { Insights } from "../domain/insights.ts";
import { inline } from "../domain/printable.ts";
import type { RunReport } from "../domain/run-report.ts";
import { type InsightOptions, readInsights } from "../query/insights.ts";
import { latestRuns } from "../query/runs.ts";
import { createCountBar } from "../report/progress-bar.ts";
import { renderRunSummary } from "../report/run-summary.ts";
import { type AddCommand, type Context, EXIT, printJson, printLine } from "./command.ts";
import { createDataOutput, createOutput, type Output } from "./output.ts";
import { requireWritableFile, writeWhole } from "./output-file.ts";
import { openCommandStore } from "./store.ts";

interface ReportOptions {
  readonly last: number;
  readonly html?: string;
  readonly months: number;
  readonly json: boolean;
}

export const addReport: AddCommand = (program, context, run) => {
  program
    .command("report")
    .description("show the report of the last run, or draw the last runs as a page")
    .option("--last <number>", "number of runs, the latest first", numberTo(1_000), 1)
    .option(
      "--html <file>",
      "draw the last 30 runs and statistics of the messages as one self-contained page",
    )
    .option("--months <number>", "number of months of messages on the page", numberTo(60), 12)
    .option("--json", "print each report as one line of JSON", false)
    .action((options: ReportOptions) => run(report(options, context)));
};

async function report({ html, json, last, months }: ReportOptions, context: Context): Promise<number> {
  const config = readConfig(context.env);
  const speaking = html !== undefined ? createOutput : createDataOutput;
  await using output = speaking(context, config.log, json);
  if (html !== undefined) {
    await requireWritableFile("--html", html);
    await writePage(html, months, config, context, output);
    return EXIT.ok;
  }
  await using store = await openCommandStore(config, context, output);
  const reports = await readReports(store, config, last);
  if (output.interactive) printLine(context, summariesOf(reports, output));
  else for (const one of reports) printJson(context, one);
  return EXIT.ok;
}

async function writePage(
  file: string,
  months: number,
  config: Config,
  context: Context,
  output: Output,
): Promise<void> {
  // Loaded late: the drawing library is large.
  const { MOST_RUNS, renderReportPage } = await import("../report/page/report-page.ts");
  const { accountId } = config.hostaway;
  const generatedAt = context.clock.now();
  await using store = await openCommandStore(config, context, output);
  const reports = await readReports(store, config, MOST_RUNS);
  const insights = await addUp(store, accountId, { now: generatedAt, months }, context, output);
  await writeWhole(file, renderReportPage(reports, insights, { accountId, generatedAt }));
  if (output.interactive) printLine(context, `${output.colors.green("✔")} ${inline(file)}`);
  else output.log.info("page written", { file, runs: reports.length, months: insights.months.length });
}

async function addUp(
  { db }: StoreConnection,
  accountId: string,
  period: Pick<InsightOptions, "now" | "months">,
  { signal, stdout }: Context,
  { interactive }: Output,
): Promise<Insights> {
  using bar = interactive ? createCountBar(stdout, "months") : null;
  return await readInsights(db, accountId, { ...period, signal, ...(bar && { onProgress: bar.show }) });
}

async function readReports(
  store: StoreConnection,
  { hostaway }: Config,
  count: number,
): Promise<readonly RunReport[]> {
  return await latestRuns(store.db, hostaway.accountId, count);
}

function summariesOf(reports: readonly RunReport[], { colors }: Output): string {
  if (reports.length === 0) return "No runs yet.";
  return reports.map((one) => renderRunSummary(one, colors)).join("\n\n");
}

function numberTo(most: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (Number.isInteger(count) && count >= 1 && count <= most) return count;
    throw new InvalidArgumentError(`Expected a number from 1 to ${most}.`);
  };
}
