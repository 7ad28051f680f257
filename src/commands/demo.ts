import { openStore, type StoreConnection } from "../app.ts";
import { type Config, readConfig } from "../config.ts";
import { EXIT_CODE, type RunReport } from "../domain/run-report.ts";
import { DAY_MS } from "../domain/time.ts";
import { countMessagesBy, findLiveliestConversation } from "../query/message-counts.ts";
import { conversationHistory, searchMessages } from "../query/messages.ts";
import { renderExcerpt, renderMessage, renderShares } from "../report/answers.ts";
import { formatCount } from "../report/numbers.ts";
import { renderRunSummary } from "../report/run-summary.ts";
import { type Simulator, startSimulator } from "../simulator/simulator.ts";
import { COLLECTIONS } from "../store/collections.ts";
import { VIEWS } from "../store/view-pipelines.ts";
import { type AddCommand, type Context, printLine } from "./command.ts";
import { createOutput, type Output } from "./output.ts";
import { runOnce } from "./run-once.ts";

/** Small enough for both runs to fit into one window of the rate limit: nobody waits. */
const CONVERSATIONS = 80;
const DATABASE = "hostaway_demo";

export const add: AddCommand = (program, context, run) => {
  program
    .command("demo")
    .description(
      "show it all without an account: simulated Hostaway, embedded MongoDB, two runs, some answers",
    )
    .action(() => run(demo(context)));
};

/** What all chapters of the demo share. */
interface Stage {
  readonly context: Context;
  readonly output: Output;
  readonly config: Config;
  readonly simulator: Simulator;
  readonly store: StoreConnection;
}

async function demo(context: Context): Promise<number> {
  await using simulator = await startSimulator({ seed: 5, conversations: CONVERSATIONS });
  const config = demoConfig(simulator, context);
  await using output = createOutput(context, { ...config.log, level: "warn" }, false);
  const { clock, signal } = context;
  const say = teller(context, output);

  const { listings, reservations, conversations, messages } = simulator.oracle.counts();
  say.chapter("A simulated Hostaway account");
  say.line(`${simulator.url}: ${listings} properties, ${reservations} reservations,`);
  say.line(`${conversations} conversations with ${formatCount(messages)} messages`);

  say.chapter("A MongoDB for it");
  await using store = await openStore(config.mongo, { clock, signal, connections: 10, onProgress: say.step });
  await emptyOurs(store);
  say.line(store.endpoint.description);

  const stage: Stage = { context, output, config, simulator, store };
  say.chapter("The first run copies everything");
  const first = await runAndTell(stage);
  if (first.status !== "succeeded") return EXIT_CODE[first.status];

  simulator.advance(DAY_MS);
  say.chapter("A day goes by, and the next run brings what is new");
  const second = await runAndTell(stage);
  if (second.status !== "succeeded") return EXIT_CODE[second.status];

  say.chapter("Some answers, from MongoDB");
  await tellAnswers(stage);
  say.chapter("Go on");
  say.line("npx hostaway-sync simulate      the simulated account, to play with");
  say.line("cp .env.example .env            your own account: fill in two lines, then");
  say.line("npx hostaway-sync check         see that everything is in place, and");
  say.line("npx hostaway-sync sync          copy it");
  return EXIT_CODE[second.status];
}

/** Collection by collection: dropping a database needs a right that few users have. */
async function emptyOurs({ db }: StoreConnection): Promise<void> {
  const names = [...VIEWS, ...COLLECTIONS].map(({ name }) => name);
  const found = await db.listCollections({ name: { $in: names } }, { nameOnly: true }).toArray();
  for (const { name } of found) await db.collection(name).drop();
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

async function runAndTell({ context, output, config, store }: Stage): Promise<RunReport> {
  const report = await runOnce({ config, context, output, store });
  printLine(context, indented(renderRunSummary(report, output.colors)));
  return report;
}

async function tellAnswers({
  context,
  output,
  store: { db },
  simulator: { accountId },
}: Stage): Promise<void> {
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
