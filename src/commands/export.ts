import { createWriteStream } from "node:fs";
import { extname } from "node:path";
import { Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { Option } from "commander";
import { type Config, ConfigError, readConfig } from "../config.ts";
import { inline, multiline } from "../domain/printable.ts";
import {
  EXPORT_FORMATS,
  type Exported,
  type ExportFormat,
  type ExportOptions,
  OutputClosedError,
  writeExport,
} from "../export/write-export.ts";
import type { Criteria } from "../query/criteria.ts";
import { countMessages, everyPage } from "../query/messages.ts";
import { countOf } from "../report/phrases.ts";
import { createCountBar } from "../report/progress-bar.ts";
import { type AddCommand, type Context, EXIT, printLine } from "./command.ts";
import { createOutput, type Output } from "./output.ts";
import { replaceFile, requireWritableFile } from "./output-file.ts";
import { addCriteriaOptions, type CriteriaOptions, parseOptions } from "./search-options.ts";
import { openCommandStore } from "./store.ts";

const DELIMITERS = [",", ";"] as const;
const EITHER = new Intl.ListFormat("en-GB", { type: "disjunction" });

interface FileOptions {
  readonly format?: ExportFormat;
  readonly output?: string;
  readonly delimiter: (typeof DELIMITERS)[number];
}

export const addExport: AddCommand = (program, context, run) => {
  const command = program
    .command("export")
    .description("write messages to a file for spreadsheets (csv), programs (jsonl) or data tools (parquet)")
    .option("--output <file>", "the file, whose extension sets the format; standard output when not given")
    .addOption(
      new Option("--format <format>", "the format, instead of the file's extension").choices(EXPORT_FORMATS),
    )
    .addOption(
      new Option("--delimiter <character>", "between the fields of a csv file")
        .choices(DELIMITERS)
        .default(","),
    );
  addCriteriaOptions(command).action(
    ({ format, output, delimiter, ...given }: CriteriaOptions & FileOptions) => {
      const { criteria } = parseOptions(given);
      const job = { criteria, format: format ?? formatOf(output), delimiter };
      return run(output === undefined ? toStandardOutput(job, context) : toFile(output, job, context));
    },
  );
};

function formatOf(file: string | undefined): ExportFormat {
  const extension = extname(file ?? "").slice(1);
  const format = EXPORT_FORMATS.find((one) => one === extension);
  if (format) return format;
  throw new ConfigError(
    `Give a --format (${EXPORT_FORMATS.join(", ")}), or an --output ending in ${EITHER.format(EXPORT_FORMATS.map((one) => `.${one}`))}.`,
  );
}

interface ExportJob {
  readonly criteria: Criteria;
  readonly format: ExportFormat;
  readonly delimiter: ExportOptions["delimiter"];
}

/** For a pipe, whose reader may close it before the end. */
async function toStandardOutput(job: ExportJob, context: Context): Promise<number> {
  if (job.format === "parquet" && context.stdout.isTTY)
    throw new ConfigError("Parquet is binary. Write it to a file with --output.");
  const config = readConfig(context.env);
  await using output = createOutput(context, config.log, true);
  try {
    const stream = context.stdout.isTTY ? readableOn(context.stdout) : context.stdout;
    const exported = await exportTo(stream, job, config, context, output);
    output.log.info("exported", { ...exported });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof OutputClosedError) return EXIT.ok;
    throw error;
  }
}

/** A terminal shows the same rows, but does not act on control characters in them. */
function readableOn(terminal: NodeJS.WritableStream): NodeJS.WritableStream {
  const decoder = new StringDecoder("utf8");
  return new Writable({
    write(chunk: Buffer, _encoding, written) {
      terminal.write(multiline(decoder.write(chunk)), () => written());
    },
  });
}

async function toFile(file: string, job: ExportJob, context: Context): Promise<number> {
  await requireWritableFile("--output", file);
  const config = readConfig(context.env);
  await using output = createOutput(context, config.log, false);
  const exported = await replaceFile(file, (path, flags) => {
    const stream = createWriteStream(path, { flags, flush: flags === "wx", mode: 0o640 });
    return exportTo(stream, job, config, context, output);
  });
  if (output.interactive) printLine(context, exportSummary(file, exported, output));
  else output.log.info("exported", { file, ...exported });
  return EXIT.ok;
}

async function exportTo(
  stream: NodeJS.WritableStream,
  { criteria, format, delimiter }: ExportJob,
  config: Config,
  context: Context,
  output: Output,
): Promise<Exported> {
  const { accountId } = config.hostaway;
  const { signal, stdout } = context;
  await using store = await openCommandStore(config, context, output);
  const total = output.interactive ? await countMessages(store.db, accountId, criteria) : 0;
  using bar = output.interactive ? createCountBar(stdout, "messages") : null;
  return await writeExport(format, everyPage(store.db, accountId, criteria, signal), stream, {
    signal,
    ...(delimiter && { delimiter }),
    ...(bar && { onProgress: (count) => bar.show(count, total) }),
  });
}

function exportSummary(file: string, { rows, inexact }: Exported, { colors }: Output): string {
  const done = `${colors.green("✔")} ${inline(file)}: ${countOf(rows, "message")}`;
  if (inexact === 0) return done;
  return `${done}\n${colors.yellow("!")} ${countOf(inexact, "value")} had to be shortened or rounded. Use --format jsonl to keep all values unchanged.`;
}
