import { InvalidArgumentError } from "commander";
import { readConfig } from "../config.ts";
import type { Message } from "../domain/message.ts";
import { type Criteria, MOST_AT_ONCE } from "../query/criteria.ts";
import { findGuests } from "../query/guests.ts";
import { countMessages, type MessagePage, searchMessages } from "../query/messages.ts";
import { renderGuests } from "../report/guests.ts";
import { renderTimeline } from "../report/timeline.ts";
import { countOf } from "../report/words.ts";
import { type AddCommand, type Context, EXIT, printJson, printLine } from "./command.ts";
import { createDataOutput, type Output } from "./output.ts";
import { addSearchOptions, criteriaOf, type SearchOptions } from "./search-options.ts";
import { openCommandStore } from "./store.ts";

interface PageOptions {
  readonly limit: number;
  readonly after?: string;
  readonly newest: boolean;
  readonly count: boolean;
  readonly json: boolean;
}

interface Asked extends PageOptions {
  readonly criteria: Criteria;
  /** Whether they are of one booking, that need not be named with each. */
  readonly ofOneBooking: boolean;
}

export const add: AddCommand = (program, context, run) => {
  const search = program
    .command("search")
    .description("find messages by booking, guest, time, property, channel and words; oldest first");
  addPageOptions(addSearchOptions(search)).action(({ ...options }: SearchOptions & PageOptions) => {
    const { limit, after, newest, count, json, ...filters } = options;
    const asked = { limit, newest, count, json, ...(after !== undefined && { after }) };
    const criteria = criteriaOf(filters);
    const ofOneBooking = criteria.reservation !== undefined || criteria.conversation !== undefined;
    return run(show({ ...asked, criteria, ofOneBooking }, context));
  });
};

export function addPageOptions<C extends ReturnType<Parameters<AddCommand>[0]["command"]>>(command: C): C {
  command
    .option("--limit <number>", "how many at most", toLimit, 50)
    .option("--after <place>", "go on where the page before ended")
    .option("--newest", "the newest first", false)
    .option("--count", "only how many there are", false)
    .option("--json", "print each message as one line of JSON", false);
  return command;
}

export async function show(asked: Asked, context: Context): Promise<number> {
  const config = readConfig(context.env);
  const { accountId } = config.hostaway;
  await using output = createDataOutput(context, config.log, asked.json);
  await using store = await openCommandStore(config, context, output);
  if (asked.count) {
    printLine(context, String(await countMessages(store.db, accountId, asked.criteria)));
    return EXIT.ok;
  }
  const { limit: size, after, newest, criteria } = asked;
  const page = await searchMessages(store.db, accountId, criteria, {
    size,
    order: newest ? "newest first" : "oldest first",
    ...(after !== undefined && { after }),
  });
  if (!output.interactive) for (const message of page.messages) printJson(context, plain(message));
  else {
    if (criteria.guest !== undefined && after === undefined)
      printLine(
        context,
        `${renderGuests(await findGuests(store.db, accountId, criteria.guest), output.colors)}\n`,
      );
    printLine(context, pageOf(page, asked, context, output));
  }
  if (page.next && !output.interactive) output.journal.info("there is more", { after: page.next });
  return EXIT.ok;
}

function pageOf({ messages, next }: MessagePage, asked: Asked, context: Context, { colors }: Output): string {
  if (messages.length === 0) return "No message fits.";
  const width = context.stdout.columns ?? 100;
  const timeline = renderTimeline(messages, { colors, width, withBooking: !asked.ofOneBooking });
  const more = next
    ? colors.dim(`${countOf(messages.length, "message")}; the next ones: the same with --after ${next}`)
    : colors.dim(countOf(messages.length, "message"));
  return `${timeline}\n\n${more}`;
}

/** As programs read it: the database's own id left out. */
function plain(message: Message): object {
  return {
    ...message,
    ...(message.reservation && {
      reservation: { ...message.reservation, price: message.reservation.price?.toString() ?? null },
    }),
  };
}

function toLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_AT_ONCE)
    throw new InvalidArgumentError(`Expected a number from 1 to ${MOST_AT_ONCE}.`);
  return limit;
}
