import { createApp, type StoreConnection } from "../app.ts";
import { type Config, readConfig } from "../config.ts";
import { EXIT_CODE, type RunStatus } from "../domain/run-report.ts";
import { DAY_MS } from "../domain/time.ts";
import { countMessagesBy, findLiveliestConversation } from "../query/message-counts.ts";
import { conversationHistory, searchMessages } from "../query/messages.ts";
import { renderExcerpt, renderMessage, renderShares } from "../report/excerpt.ts";
import { formatCount } from "../report/numbers.ts";
import { renderRunSummary } from "../report/run-summary.ts";
import { emptyStore } from "../service/empty-store.ts";
import { runJob } from "../service/run-job.ts";
import { type Simulator, startSimulator } from "../simulator/simulator.ts";
import { type AddCommand, type Context, printLine } from "./command.ts";
import { createOutput, type Output } from "./output.ts";
import { runListener } from "./run-events.ts";
import type { SessionParts } from "./session.ts";

/** Small enough for both runs to fit into one window of the rate limit: nobody waits. */
const DEMO_CONVERSATIONS = 80;
const DATABASE = "hostaway_demo";

export const addDemo: AddCommand = (program, context, run) => {
  program
    .command("demo")
    .description(
      "show it all without an account: simulated Hostaway, embedded MongoDB, two runs, some answers",
    )
    .action(() => run(demo(context)));
};

/** Shared by all chapters of the demo. */
interface DemoSession extends SessionParts {
  readonly simulator: Simulator;
  readonly store: StoreConnection;
}

async function demo(context: Context): Promise<number> {
  await using simulator = await startSimulator({ seed: 5, conversations: DEMO_CONVERSATIONS });
  const config = demoConfig(simulator, context);
  await using output = createOutput(context, { ...config.log, level: "warn" }, false);
  await using app = createApp(config, { clock: context.clock });
  const say = teller(context, output);

  const { listings, reservations, conversations, messages } = simulator.oracle.counts();
  say.chapter("A simulated Hostaway account");
  say.line(`${simulator.url}: ${listings} properties, ${reservations} reservations,`);
  say.line(`${conversations} conversations with ${formatCount(messages)} messages`);

  say.chapter("A MongoDB for it");
  await using store = await app.openStore({ signal: context.signal, reads: "primary", onProgress: say.step });
  await emptyStore(store);
  say.line(store.endpoint.description);

  const session: DemoSession = { app, context, output, simulator, store };
  say.chapter("The first run copies everything");
  const first = await runAndShow(session);
  if (first !== "succeeded") return EXIT_CODE[first];

  simulator.advance(DAY_MS);
  say.chapter("A day passes, and the second run copies the changes");
  const second = await runAndShow(session);
  if (second !== "succeeded") return EXIT_CODE[second];

  say.chapter("Some answers, from MongoDB");
  await showAnswers(session);
  say.chapter("Next steps");
  say.line("npx hostaway-sync simulate      the simulated account, to play with");
  say.line("cp .env.example .env            your own account: fill in two lines, then");
  say.line("npx hostaway-sync check         see that everything is in place, and");
  say.line("npx hostaway-sync sync          copy it");
  return EXIT_CODE[second];
}

/** The user's own settings for database and log, the simulator's for Hostaway. */
function demoConfig({ url, accountId, apiKey }: Simulator, { env }: Context): Config {
  return readConfig({
    ...env,
    HOSTAWAY_BASE_URL: url,
    HOSTAWAY_ACCOUNT_ID: accountId,
    HOSTAWAY_API_KEY: apiKey,
    HOSTAWAY_RATE_LIMIT: "180/10s",
    MONGODB_DATABASE: DATABASE,
  });
}

function teller(context: Context, { colors }: Output) {
  let chapters = 0;
  const line = (text: string) => printLine(context, `   ${text}`);
  return {
    line,
    step: ({ step, detail }: { step: string; detail?: string }) =>
      line(colors.dim(detail ? `${step} (${detail})` : step)),
    chapter(title: string) {
      chapters += 1;
      printLine(context, `\n${colors.bold(`${chapters}. ${title}`)}`);
    },
  };
}

const NIGHTLY = { kind: "nightly", dryRun: false, acceptDeletions: false } as const;

async function runAndShow(session: DemoSession): Promise<RunStatus> {
  const { app, context, output } = session;
  const caller = { onEvent: runListener(session) };
  const report = await runJob(app, NIGHTLY, context.signal, caller).finally(output.progress.close);
  if (!report) throw new Error("a nightly job always has a report");
  printLine(context, indented(renderRunSummary(report, output.colors)));
  return report.status;
}

async function showAnswers({
  context,
  output,
  store: { db },
  simulator: { accountId },
}: DemoSession): Promise<void> {
  const { colors } = output;
  const show = (text: string) => printLine(context, indented(text));

  show(colors.cyan("How do messages travel?"));
  show(renderShares(await countMessagesBy(db, accountId, "channel"), colors));
  show(colors.cyan("Who writes?"));
  show(renderShares(await countMessagesBy(db, accountId, "sender.type"), colors));

  const liveliest = await findLiveliestConversation(db, accountId);
  if (liveliest?.reservation) {
    const { guest, property, reservation } = liveliest;
    show(
      colors.cyan(
        `What was said in booking ${reservation.id}, ${guest.name ?? "a guest"} at ${property.name}?`,
      ),
    );
    const { messages } = await conversationHistory(db, accountId, reservation.id, { size: 6 });
    show(renderExcerpt(messages, colors));
  }
  show(colors.cyan('Who wrote about "parking"?'));
  const { messages } = await searchMessages(db, accountId, { text: "parking" }, { size: 3 });
  for (const message of messages) show(renderMessage(message, colors));
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, "   ");
}
