import type { Db } from "mongodb";
import { systemClock } from "../../src/clock.ts";
import type { Conversation } from "../../src/domain/conversation.ts";
import type { Message } from "../../src/domain/message.ts";
import { DAY_MS } from "../../src/domain/time.ts";
import type { Criteria, PagingOptions } from "../../src/query/criteria.ts";
import { findGuests } from "../../src/query/guests.ts";
import { conversationHistory, countMessages, searchMessages } from "../../src/query/messages.ts";
import { countDocuments, countToBeRead, newestMessage, oldestUnread } from "../../src/query/overview.ts";
import { writePageToken } from "../../src/query/page-token.ts";
import { random } from "../../src/simulator/random.ts";
import { CONVERSATIONS, MESSAGES } from "../../src/store/collections.ts";
import { createStores } from "../../src/store/stores.ts";
import { V_DAILY_VOLUME } from "../../src/store/view-pipelines.ts";
import { dryRunContext } from "../../src/store/write-context.ts";
import { toNameWords } from "../../src/transform/name-parts.ts";
import { ACCOUNT, CODE, NOW } from "./fill.ts";

/** Something that the program asks the database; each time with other arguments. */
export interface Question {
  readonly name: string;
  /** A number is how many documents were counted; of anything else counts what was handed over. */
  readonly ask: () => Promise<unknown>;
  /** An index holds just what is wanted, in the order in which it is wanted. */
  readonly exact?: true;
  readonly p95Ms?: number;
}

const LONG = 100;
const MONTH_MS = 30 * DAY_MS;
const READ_FOR_WORDS = 200;

export async function questionsFor(db: Db): Promise<Question[]> {
  const some = await createSample(db);
  const search = (criteria: Criteria, page?: PagingOptions) => searchMessages(db, ACCOUNT, criteria, page);
  /** Goes on behind a message somewhere in the middle. */
  const goOn = ({ timestamp, message_id: messageId }: Message, criteria: Criteria, size: number) => {
    const after = writePageToken({ timestamp, messageId }, [ACCOUNT, criteria, "oldest first"]);
    return search(criteria, { size, after });
  };
  const stores = createStores(db, dryRunContext(systemClock));
  return [
    {
      name: "history of a booking of 100 messages",
      ask: () => conversationHistory(db, ACCOUNT, some.longBooking(), { size: LONG }),
      exact: true,
      p95Ms: 50,
    },
    {
      name: "history of a booking",
      ask: () => conversationHistory(db, ACCOUNT, some.booking()),
      exact: true,
    },
    {
      name: "history of a booking, next page",
      ask: () => {
        const message = some.message();
        return goOn(message, { reservation: message.reservation?.id ?? "1" }, 20);
      },
      exact: true,
    },
    {
      name: "a booking, newest first",
      ask: () => search({ reservation: some.booking() }, { order: "newest first" }),
      exact: true,
    },
    { name: "a conversation", ask: () => search({ conversation: some.conversation() }), exact: true },
    { name: "a property", ask: () => search({ property: some.property() }), exact: true },
    {
      name: "a property, next page",
      ask: () => {
        const message = some.message();
        return goOn(message, { property: message.property.id ?? "1" }, 50);
      },
      exact: true,
    },
    {
      name: "a property's month",
      ask: () => search({ property: some.property(), ...some.month() }),
      exact: true,
    },
    { name: "a month", ask: () => search(some.month()), exact: true },
    { name: "newest of the account", ask: () => search({}, { order: "newest first" }), exact: true },
    { name: "the account, next 1,000", ask: () => goOn(some.message(), {}, 1_000), exact: true },
    { name: "a month's WhatsApp", ask: () => search({ channels: ["whatsapp"], ...some.month() }) },
    { name: "a month of a platform", ask: () => search({ platforms: [some.platform()], ...some.month() }) },
    { name: "a month's incoming", ask: () => search({ direction: "incoming", ...some.month() }) },
    { name: "a month's automations", ask: () => search({ senders: ["automation"], ...some.month() }) },
    { name: "a guest by the beginning of a name", ask: () => search({ guest: some.nameBeginning() }) },
    { name: "a guest by three letters", ask: () => search({ guest: some.threeLetters() }) },
    { name: "a guest by two words", ask: () => search({ guest: some.twoWords() }) },
    {
      name: "findGuests by the beginning of a name",
      ask: () => findGuests(db, ACCOUNT, some.nameBeginning()),
    },
    { name: "findGuests by two words", ask: () => findGuests(db, ACCOUNT, some.twoWords()) },
    { name: "a common word", ask: () => search({ text: some.commonWord() }) },
    { name: "a rare word", ask: () => search({ text: some.rareWord() }) },
    { name: "a phrase", ask: () => search({ text: `"${some.phrase()}"` }) },
    {
      name: "a phrase without a word",
      ask: () => search({ text: `"${some.phrase()}" -${some.commonWord()}` }),
    },
    {
      name: "a common word at a property",
      ask: () => search({ text: some.commonWord(), property: some.property() }),
    },
    {
      name: "how many: a booking",
      ask: () => countMessages(db, ACCOUNT, { reservation: some.booking() }),
      exact: true,
    },
    {
      name: "how many: a property",
      ask: () => countMessages(db, ACCOUNT, { property: some.property() }),
      exact: true,
    },
    { name: "how many: the account", ask: () => countMessages(db, ACCOUNT, {}), exact: true },
    {
      name: "status: documents",
      ask: async () => {
        const counts = Object.values(await countDocuments(db, ACCOUNT));
        return counts.reduce((sum, count) => sum + count, 0);
      },
    },
    { name: "status: newest message", ask: () => newestMessage(db, ACCOUNT, NOW), exact: true },
    { name: "status: oldest unread", ask: () => oldestUnread(db, ACCOUNT) },
    { name: "status: to be read", ask: () => countToBeRead(db, ACCOUNT) },
    {
      name: "what is held of a page of messages",
      ask: () => stores.messages.upsertMany(some.pageOfMessages()),
      exact: true,
    },
    {
      name: "the example for large accounts in analysts.md",
      ask: () => countByDay(db, some.property(), some.month().from),
    },
  ];
}

async function countByDay(db: Db, property: string, from: Date): Promise<number> {
  const days = await db
    .collection(MESSAGES.name)
    .aggregate<{ incoming: number; outgoing: number }>([
      {
        $match: {
          "property.id": property,
          timestamp: { $gte: from, $lt: new Date(from.getTime() + MONTH_MS) },
        },
      },
      ...V_DAILY_VOLUME.pipeline,
      { $group: { _id: "$local_day", incoming: { $sum: "$incoming" }, outgoing: { $sum: "$outgoing" } } },
      { $sort: { _id: 1 } },
    ])
    .toArray();
  return days.reduce((sum, { incoming, outgoing }) => sum + incoming + outgoing, 0);
}

type Thread = Pick<
  Conversation,
  "conversation_id" | "reservation" | "property" | "platform" | "guest" | "message_counts"
>;

/** Arguments out of what is stored, drawn by chance but the same ones each time. */
async function createSample(db: Db) {
  const threads = await readThreads(db);
  const r = random(1);
  const one = <T>(list: readonly T[]): T => {
    const drawn = list[Math.floor(r() * list.length)];
    if (drawn === undefined) throw new Error("there is nothing to ask for");
    return drawn;
  };
  const messages = await readMessages(
    db,
    Array.from({ length: READ_FOR_WORDS }, () => one(threads).conversation_id),
  );
  const long = bookingsOf(threads.filter(({ message_counts }) => message_counts.total === LONG));
  const booked = bookingsOf(threads);
  const names = threads.map(({ guest }) => toNameWords(guest.name ?? "")).filter((words) => words.length > 1);
  const longNames = names.flat().filter((word) => word.length > 4);
  const texts = messages.map(({ content }) => content);
  const codes = texts.flatMap((text) => text.match(CODE) ?? []);
  const common = commonWords(texts);
  const phrases = texts.flatMap((text) => text.match(/\p{L}{3,} \p{L}{3,} \p{L}{3,}/u) ?? []);
  return {
    longBooking: () => one(long),
    booking: () => one(booked),
    conversation: () => one(threads).conversation_id,
    property: () => one(threads).property.id ?? "1",
    platform: () => one(threads).platform,
    message: () => one(messages),
    pageOfMessages: () => Array.from({ length: 500 }, () => one(messages)),
    month: () => {
      const from = one(messages).timestamp;
      return { from, to: new Date(from.getTime() + MONTH_MS) };
    },
    nameBeginning: () => one(longNames).slice(0, 4),
    threeLetters: () => one(longNames).slice(1, 4),
    twoWords: () => {
      const words = one(names);
      return `${words[0]} ${words.at(-1)}`;
    },
    commonWord: () => one(common),
    rareWord: () => one(codes),
    phrase: () => one(phrases),
  };
}

async function readThreads(db: Db): Promise<Thread[]> {
  const fields = ["conversation_id", "reservation", "property", "platform", "guest", "message_counts"];
  return await db
    .collection(CONVERSATIONS.name)
    .find({ account_id: ACCOUNT })
    .project<Thread>({ _id: 0, ...Object.fromEntries(fields.map((field) => [field, 1])) })
    .sort({ conversation_id: 1 })
    .toArray();
}

async function readMessages(db: Db, conversations: readonly string[]): Promise<Message[]> {
  const found = await db
    .collection<Message>(MESSAGES.name)
    .find({ conversation_id: { $in: [...conversations] } }, { projection: { _id: 0 } })
    .toArray();
  return found.sort((a, b) => Number(a.message_id) - Number(b.message_id));
}

function bookingsOf(threads: readonly Thread[]): string[] {
  return threads.flatMap(({ reservation }) => (reservation ? [reservation.id] : []));
}

/** The ten that stand in the most messages, those left out that no language does without. */
function commonWords(texts: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const word of new Set(text.toLowerCase().match(/\p{L}{6,}/gu)))
      counts.set(word, (counts.get(word) ?? 0) + 1);
  const byCount = [...counts].sort(([, a], [, b]) => b - a);
  return byCount.slice(0, 10).map(([word]) => word);
}
