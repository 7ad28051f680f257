import { writeFile } from "node:fs/promises";
import { InvalidArgumentError } from "commander";
import { openStore } from "../app.ts";
import { type Config, readConfig } from "../config.ts";
import type { RunReport } from "../domain/run-report.ts";
import { renderRunSummary } from "../report/run-summary.ts";
import { type AddCommand, type Context, EXIT, printLine } from "./command.ts";
import { requireWritable } from "./deliver.ts";
import { createDataOutput, createOutput, type Output } from "./output.ts";

interface ReportOptions {
  readonly last: number;
  readonly html?: string;
  readonly json: boolean;
}

export const add: AddCommand = (program, context, run) => {
  program
    .command("report")
    .description("show how the last run went, or draw the last runs as a page")
    .option("--last <number>", "the last so many runs, the latest first", toCount, 1)
    .option("--html <file>", "write the last 30 runs to a file, as one page that needs nothing else")
    .option("--json", "print each report as one line of JSON", false)
    .action((options: ReportOptions) => run(report(options, context)));
};

async function report({ html, json, last }: ReportOptions, context: Context): Promise<number> {
  const config = readConfig(context.env);
  const speaking = html ? createOutput : createDataOutput;
  await using output = speaking(context, config.log, json);
  if (html) {
    await requireWritable("--html", html);
    await writePage(html, config, context, output);
    return EXIT.ok;
  }
  const reports = await readReports(last, config, context, output);
  if (output.interactive) printLine(context, summariesOf(reports, output));
  else for (const one of reports) printLine(context, JSON.stringify(one));
  return EXIT.ok;
}

async function readReports(
  count: number,
  { mongo, hostaway }: Config,
  { clock, signal }: Context,
  output: Output,
): Promise<readonly RunReport[]> {
  const options = { clock, signal, connections: 1, onProgress: output.onSetUp };
  await using store = await openStore(mongo, options);
  return await store.stores(null, "").runs.latest(hostaway.accountId, count);
}

async function writePage(file: string, config: Config, context: Context, output: Output): Promise<void> {
  // Not for those who only ask for help: drawing is large.
  const { MOST_RUNS, renderRunsPage } = await import("../report/page/runs-page.ts");
  const reports = await readReports(MOST_RUNS, config, context, output);
  const { accountId } = config.hostaway;
  await writeFile(file, renderRunsPage(reports, { accountId, generatedAt: context.clock.now() }));
  if (output.interactive) printLine(context, `${output.colors.green("✔")} ${file}`);
  else output.log.info("page written", { file, runs: reports.length });
}

function summariesOf(reports: readonly RunReport[], { colors }: Output): string {
  if (reports.length === 0) return "No runs yet.";
  return reports.map((one) => renderRunSummary(one, colors)).join("\n\n");
}

function toCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 1_000)
    throw new InvalidArgumentError("Expected a number from 1 to 1000.");
  return count;
}
