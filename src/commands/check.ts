import { readConfig } from "../config.ts";
import { renderChecks } from "../report/checks.ts";
import { checkSetup } from "../service/check-setup.ts";
import { type AddCommand, type Context, EXIT, printJson, printLine } from "./command.ts";
import { openSession } from "./session.ts";

export const addCheck: AddCommand = (program, context, run) => {
  program
    .command("check")
    .description(
      "try configuration, MongoDB, indexes, Hostaway credentials and clocks, and tell you how to fix problems",
    )
    .option("--json", "print the results as one line of JSON; log lines go to stderr", false)
    .action((options: { readonly json: boolean }) => run(check(options.json, context)));
};

async function check(json: boolean, context: Context): Promise<number> {
  await using session = openSession(readConfig(context.env), context, json);
  const { app, output } = session;
  const results = await checkSetup(app, context.signal, output.onSetUp);
  const failed = results.some(({ status }) => status === "failed");
  if (output.interactive) printLine(context, renderChecks(results, output.colors));
  else printJson(context, { status: failed ? "failed" : "ok", checks: results });
  return failed ? EXIT.failed : EXIT.ok;
}
