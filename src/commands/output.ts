import type { ProviderProgress } from "../app.ts";
import { type LogConfig, secretsOf } from "../config.ts";
import { createLogger, type Logger } from "../logger.ts";
import { type Colors, colorsFor } from "../report/colors.ts";
import { createProgressBar, noProgress, type ProgressDisplay } from "../report/progress-bar.ts";
import { type Context, isInteractive, printLine } from "./command.ts";

/** How a command speaks: to a person on a terminal, or in JSON lines to a program. Disposing writes out the log. */
export interface Output extends AsyncDisposable {
  readonly interactive: boolean;
  readonly colors: Colors;
  readonly log: Logger;
  /** For lines that a terminal shows in another form: there they go to the log files only. */
  readonly fileLog: Logger;
  readonly progress: ProgressDisplay;
  /** The one-time set-up of a database, and other waiting that deserves an explanation. */
  onSetUp(step: ProviderProgress): void;
}

/**
 * On a terminal: bars and tables on stdout, log lines on stderr. Piped: JSON log lines on stdout. With
 * `--json`: one JSON object on stdout, log lines on stderr. With `LOG_DIR` log lines go to files as well, at the
 * level that was asked for even when a terminal shows warnings only.
 */
export function createOutput(context: Context, config: LogConfig, json: boolean): Output {
  const interactive = isInteractive(context) && !json;
  const log = createLogger({
    level: interactive && config.level === "info" ? "warn" : config.level,
    format: config.format ?? (interactive ? "pretty" : "json"),
    stream: interactive || json ? context.stderr : context.stdout,
    files: config.directory
      ? { directory: config.directory, level: config.level, stderr: context.stderr }
      : null,
    secrets: secretsOf(context.env),
  });
  const colors = colorsFor(interactive);
  return {
    interactive,
    colors,
    log,
    fileLog: interactive ? log.inFiles : log,
    progress: interactive ? createProgressBar(context.stdout) : noProgress,
    onSetUp({ step, detail }) {
      if (interactive) printLine(context, colors.dim(`  ${step}${detail ? ` (${detail})` : ""}`));
      else log.info("setting up the database", { step, ...(detail && { detail }) });
    },
    [Symbol.asyncDispose]: log.close,
  };
}

/** For commands whose answer is data: where it is piped there is nothing beside it, and log lines go to stderr. */
export function createDataOutput(context: Context, config: LogConfig, json: boolean): Output {
  return createOutput(context, config, json || !isInteractive(context));
}
