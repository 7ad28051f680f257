import type { Db, Document } from "mongodb";
import type { Conversation } from "../../src/domain/conversation.ts";
import type { Message } from "../../src/domain/message.ts";
import { SCHEMA_VERSION } from "../../src/domain/schema-version.ts";
import type { ConversationState } from "../../src/domain/sync-state.ts";
import { DAY_MS } from "../../src/domain/time.ts";
import { createAccount } from "../../src/simulator/account.ts";
import { checkSimulatorOptions } from "../../src/simulator/options.ts";
import type { Oracle } from "../../src/simulator/oracle/oracle.ts";
import { chance, hash, hex, pick, type Random, random } from "../../src/simulator/random.ts";
import {
  type Bookkeeping,
  CONVERSATION_STATES,
  CONVERSATIONS,
  LISTINGS,
  MESSAGES,
  RESERVATIONS,
} from "../../src/store/collections.ts";
import { hashContent } from "../../src/store/content-hash.ts";
import { ensureViews } from "../../src/store/ensure-views.ts";
import { ensureSchema } from "../../src/store/schema.ts";
import { toNameParts, toNameWords } from "../../src/transform/name-parts.ts";
import { toTextTokens } from "../../src/transform/text-tokens.ts";

/** Raised when other documents are made, so that no store of before is taken for one of now. */
const RECIPE = "1";

export const ACCOUNT = "10001";
export const NOW = new Date("2026-06-15T12:00:00Z");
/** A word that is in one message. */
export const CODE = /\bHX[A-F0-9]{6}\b/;

const BATCH = 1_000;
const WRITERS = 4;
const TOLD_EVERY = 50_000;

/** A simulated account reaches 900 days back; the next one lies before it. */
const ERAS = 3;
const ERA_MS = 900 * DAY_MS;
/** Ids of one simulated account beside those of the next. */
const ID_STEP = 1_000_000_000;
const ORDINARY = { min: 12, max: 30 };
const ORDINARY_MEAN = 18.4;
/** One booking in about 250 is talked about a lot. */
const LONG = { min: 100, max: 100 };
const MESSAGES_PER_LONG = 5_000;
/** Who reads their messages leaves only the last ones unread. */
const UNREAD_FROM = new Date(NOW.getTime() - 3 * DAY_MS);

interface Part {
  readonly oracle: Oracle;
  readonly idStep: number;
  readonly random: Random;
}

/**
 * A store of about so many messages over seven years, as runs of the program would have left it: the indexes
 * are there from the beginning. One that has been filled before is taken as it is.
 */
export async function fillStore(db: Db, messages: number): Promise<void> {
  const marks = db.collection<{ _id: string }>("bench_filled");
  const mark = { _id: `${messages} messages, recipe ${RECIPE}` };
  if (await marks.findOne(mark)) return;
  await db.dropDatabase();
  await ensureSchema(db);
  await ensureViews(db);
  await writeAll(db, messages);
  await marks.insertOne(mark);
}

async function writeAll(db: Db, messages: number): Promise<void> {
  const batches = batchesOf(documentsOf(partsFor(messages)));
  const tell = createTeller(messages);
  const writer = async () => {
    for (const { name, documents } of batches) {
      await db.collection(name).insertMany(documents, { ordered: false });
      if (name === MESSAGES.name) tell(documents.length);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
}

function createTeller(messages: number): (written: number) => void {
  const began = performance.now();
  let written = 0;
  return (count) => {
    const before = Math.floor(written / TOLD_EVERY);
    written += count;
    if (Math.floor(written / TOLD_EVERY) === before) return;
    const rate = written / ((performance.now() - began) / 1_000);
    console.error(`  ${inWords(written)} of about ${inWords(messages)} messages, ${inWords(rate)}/s`);
  };
}

function inWords(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

function* partsFor(messages: number): Generator<Part> {
  const long = Math.ceil(messages / MESSAGES_PER_LONG);
  const ordinary = Math.ceil((messages - long * LONG.max) / ORDINARY_MEAN);
  const listings = Math.max(3, Math.min(250, Math.round(Math.sqrt(ordinary) / 2.2)));
  yield createPart(0, long, LONG, listings, NOW);
  for (let era = 1; era <= ERAS; era += 1) {
    const now = new Date(NOW.getTime() - (era - 1) * ERA_MS);
    yield createPart(era, Math.ceil(ordinary / ERAS), ORDINARY, listings, now);
  }
}

function createPart(
  index: number,
  conversations: number,
  messagesPerConversation: { min: number; max: number },
  listings: number,
  now: Date,
): Part {
  const options = {
    seed: 1 + index,
    accountId: ACCOUNT,
    conversations,
    messagesPerConversation,
    listings,
    now,
  };
  const { oracle } = createAccount(checkSimulatorOptions(options));
  return { oracle, idStep: index * ID_STEP, random: random(1 + index) };
}

type Named = readonly [collection: string, document: Document];

function* documentsOf(parts: Iterable<Part>): Generator<Named> {
  for (const part of parts) {
    const { oracle, idStep } = part;
    if (idStep === 0) for (const listing of oracle.listings()) yield [LISTINGS.name, stored(listing)];
    for (const reservation of oracle.reservations()) {
      const reservation_id = moved(reservation.reservation_id, idStep);
      yield [RESERVATIONS.name, stored({ ...reservation, reservation_id })];
    }
    for (const conversation of oracle.conversations()) yield* threadOf(conversation, part);
  }
}

/** A conversation with its messages and its state. */
function* threadOf(original: Conversation, { oracle, idStep, random }: Part): Generator<Named> {
  const name = original.guest.name === null ? null : `${original.guest.name} ${surname(random)}`;
  const shared = {
    conversation_id: moved(original.conversation_id, idStep),
    reservation: original.reservation && {
      ...original.reservation,
      id: moved(original.reservation.id, idStep),
    },
    guest: { ...original.guest, name },
  };
  const { conversation_id } = shared;
  yield [
    CONVERSATIONS.name,
    stored({
      ...original,
      ...shared,
      name_tokens: toNameWords(name ?? ""),
      name_parts: toNameParts(name),
      unread: (original.last_message_at ?? NOW) >= UNREAD_FROM,
    }),
  ];
  yield [CONVERSATION_STATES.name, stateOf(conversation_id, random)];
  for (const message of oracle.messagesOf(original.conversation_id)) {
    const message_id = moved(message.message_id, idStep);
    const sender = { ...message.sender, name: message.sender.name && name };
    const written = stored(withCode({ ...message, ...shared, message_id, sender }, random));
    yield [MESSAGES.name, { ...written, content_tokens: toTextTokens(written.content) }];
  }
}

function moved(id: string, idStep: number): string {
  return String(Number(id) + idStep);
}

function stored<D extends object>(document: D): D & Bookkeeping {
  const { hash: content_hash } = hashContent(document);
  return { ...document, content_hash, schema_version: SCHEMA_VERSION, created_at: NOW, updated_at: NOW };
}

function stateOf(_id: string, random: Random): ConversationState {
  return {
    _id,
    account_id: ACCOUNT,
    fingerprint: chance(random, 0.001) ? null : String(hash(Number(_id))),
    context_hash: String(hash(Number(_id), 1)),
    last_read_at: NOW,
    next_scheduled_at: null,
    message_pages: 1,
    resume: null,
    failed: null,
    scans_missed: 0,
    deleted_at: null,
    fence: 1,
  };
}

const BEGINNINGS = ["Ber", "Cas", "Dum", "El", "Far", "Gal", "Hol", "Iv", "Kor", "Lam"] as const;
const MIDDLES = ["", "an", "ber", "el", "in", "mar", "os", "ov", "tal", "ur"] as const;
const ENDINGS = ["asz", "bach", "dottir", "enko", "ez", "ini", "kov", "man", "son", "ström"] as const;

/** The simulator has 500 full names, which would be a hundred guests each. */
function surname(random: Random): string {
  return [BEGINNINGS, MIDDLES, ENDINGS].map((syllables) => pick<string>(random, syllables)).join("");
}

/** Everybody writes the same words; a code is written once. */
function withCode(message: Message, random: Random): Message {
  if (!chance(random, 0.02)) return message;
  const code = `HX${hex(random, 6).toUpperCase()}`;
  return { ...message, content: `${message.content} The code is ${code}.` };
}

interface Batch {
  readonly name: string;
  readonly documents: readonly Document[];
}

/** Each collection's documents by the thousand. */
function* batchesOf(all: Iterable<Named>): Generator<Batch> {
  const waiting = new Map<string, Document[]>();
  for (const [name, document] of all) {
    const documents = waiting.get(name) ?? [];
    documents.push(document);
    waiting.set(name, documents.length < BATCH ? documents : []);
    if (documents.length === BATCH) yield { name, documents };
  }
  for (const [name, documents] of waiting) if (documents.length > 0) yield { name, documents };
}
