import type { StoreConnection } from "../app.ts";
import { readConfig } from "../config.ts";
import { toMessageJson } from "../domain/message-json.ts";
import type { Criteria } from "../query/criteria.ts";
import { findGuests } from "../query/guests.ts";
import { countMessages, type MessagePage, searchMessages } from "../query/messages.ts";
import type { ParsedCriteria } from "../query/parse-criteria.ts";
import { renderGuests } from "../report/guests.ts";
import { countOf } from "../report/phrases.ts";
import { renderTimeline } from "../report/timeline.ts";
import { type AddCommand, type Context, EXIT, printJson, printLine } from "./command.ts";
import { createDataOutput, type Output } from "./output.ts";
import { addCriteriaOptions, addPageOptions, type CriteriaOptions, parseOptions } from "./search-options.ts";
import { openCommandStore } from "./store.ts";

export type SearchOptions = CriteriaOptions & { readonly count: boolean; readonly json: boolean };

export const addSearch: AddCommand = (program, context, run) => {
  const search = program
    .command("search")
    .description("find messages by booking, guest, time, property, channel and words; oldest first");
  addPageOptions(addCriteriaOptions(search)).action((options: SearchOptions) =>
    run(showMessages(options, context)),
  );
};

/** Prints a page of the messages that match, or their number. */
export async function showMessages(
  { count, json, ...given }: SearchOptions,
  context: Context,
): Promise<number> {
  const { criteria, page } = parseOptions(given);
  const config = readConfig(context.env);
  const { accountId } = config.hostaway;
  await using output = createDataOutput(context, config.log, json);
  await using store = await openCommandStore(config, context, output);
  if (count) {
    printLine(context, String(await countMessages(store.db, accountId, criteria)));
    return EXIT.ok;
  }
  const found = await searchMessages(store.db, accountId, criteria, page);
  if (output.interactive) {
    await printGuests(store, accountId, { criteria, page }, context, output);
    printLine(context, renderPage(found, criteria, context, output));
  } else printPage(found, context, output);
  return EXIT.ok;
}

/** The guests that a name may mean, above the first page. */
async function printGuests(
  { db }: StoreConnection,
  accountId: string,
  { criteria: { guest }, page: { after } }: ParsedCriteria,
  context: Context,
  { colors }: Output,
): Promise<void> {
  if (guest === undefined || after !== undefined) return;
  printLine(context, `${renderGuests(await findGuests(db, accountId, guest), colors)}\n`);
}

function printPage({ messages, next }: MessagePage, context: Context, { fileLog }: Output): void {
  for (const message of messages) printJson(context, toMessageJson(message));
  if (next !== null) fileLog.info("more messages found", { after: next });
}

function renderPage(
  { messages, next }: MessagePage,
  { reservation, conversation }: Criteria,
  { stdout }: Context,
  { colors }: Output,
): string {
  if (messages.length === 0) return "No messages found.";
  const withBooking = reservation === undefined && conversation === undefined;
  const timeline = renderTimeline(messages, { colors, width: stdout.columns ?? 100, withBooking });
  const footer = next
    ? `Showing ${messages.length}. For the next page, repeat the command with --after ${next}`
    : countOf(messages.length, "message");
  return `${timeline}\n\n${colors.dim(footer)}`;
}
