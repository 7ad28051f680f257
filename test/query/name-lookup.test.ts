import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Conversation } from "../../src/domain/conversation.ts";
import { findGuests } from "../../src/query/guests.ts";
import { findConversationIds } from "../../src/query/name-lookup.ts";
import { startSimulator } from "../../src/simulator/simulator.ts";
import { CONVERSATIONS } from "../../src/store/collections.ts";
import { ensureSchema } from "../../src/store/schema.ts";
import { beginningsFor, toNameParts, toNameWords } from "../../src/transform/name-parts.ts";
import { openTestDatabase, type TestDatabase } from "../support/database.ts";
import { syncOnce } from "../support/run.ts";

interface Labelled {
  readonly guests: readonly { readonly id: string; readonly name: string }[];
  readonly queries: readonly { readonly query: string; readonly expected: readonly string[] }[];
}

/** Names as guests have them, and what people type to find them; labelled by hand. */
const LABELLED: Labelled = JSON.parse(
  readFileSync("test/fixtures/names.json", "utf8").replaceAll(/"g(\d+)"/g, '"1$1"'),
);
const ACCOUNT = "10001";

let database: TestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
  await ensureSchema(database.db);
  await using simulator = await startSimulator({
    seed: 43,
    conversations: 1,
    rateLimit: "off",
    tokenGraceMs: 0,
  });
  await syncOnce(simulator, database);
  const conversations = database.db.collection<Conversation>(CONVERSATIONS.name);
  const model = await conversations.findOne({}, { projection: { _id: 0 } });
  if (!model) throw new Error("no conversation to go by");
  await conversations.deleteMany({});
  await conversations.insertMany(
    LABELLED.guests.map(({ id, name }) => ({
      ...model,
      account_id: ACCOUNT,
      conversation_id: id,
      guest: { ...model.guest, name, email: null, phone: null },
      name_parts: toNameParts(name),
    })),
  );
});
afterAll(() => database.close());

test("partial names find those who are meant: recall and precision over the labelled set", async () => {
  let [found, expected, right] = [0, 0, 0];
  const wrong: string[] = [];
  for (const { query, expected: meant } of LABELLED.queries) {
    const ids = await findConversationIds(database.db, ACCOUNT, query);
    const hits = ids.filter((id) => meant.includes(id));
    found += ids.length;
    expected += meant.length;
    right += hits.length;
    const missing = meant.filter((id) => !ids.includes(id));
    const extra = ids.filter((id) => !meant.includes(id));
    if (missing.length + extra.length > 0)
      wrong.push(`${query}: missing ${missing.map(nameOf)}, too many ${extra.map(nameOf)}`);
  }
  const [recall, precision] = [right / expected, right / found];
  console.log(
    `${LABELLED.guests.length} names, ${LABELLED.queries.length} queries: recall ${recall.toFixed(4)}, precision ${precision.toFixed(4)}\n${wrong.join("\n")}`,
  );

  expect(LABELLED.guests.length + LABELLED.queries.length).toBeGreaterThanOrEqual(300);
  expect(recall).toBeGreaterThanOrEqual(0.95);
  expect(precision).toBeGreaterThanOrEqual(0.95);
});

const nameOf = (id: string) => LABELLED.guests.find((guest) => guest.id === id)?.name;

describe("what is typed is read without accents, apostrophes and hyphens, and in the script it is in", () => {
  test.each([
    ["José García-López", ["jose", "garcia", "lopez"]],
    ["Seán O’Brien", ["sean", "obrien"]],
    ["Łukasz Müßig", ["lukasz", "mussig"]],
    ["李 雷", ["李", "雷"]],
    ["Рябова Anna", ["рябова", "anna"]],
    [".", []],
  ])("%s", (name, words) => {
    expect(toNameWords(name)).toEqual(words);
  });
});

describe("a name is found however it is typed", () => {
  const finds = (name: string, typed: string) => {
    const parts = toNameParts(name);
    return toNameWords(typed).every((word) =>
      beginningsFor(word).some((beginning) => parts.some((part) => part.startsWith(beginning))),
    );
  };

  test.each([
    ["علی\u200cرضا احمدی", "علیرضا"],
    ["علیرضا احمدی", "علی\u200cرضا"],
    ["علی رضا", "علیرضا"],
    ["كريم", "کریم"],
    ["کریم", "كريم"],
    ["فاطمة", "فاطمه"],
    ["أحمد", "احمد"],
    ["مُحَمَّد", "محمد"],
    ["محـــمد", "محمد"],
    ["Jean-Luc Picard", "jeanluc"],
    ["Jeanluc Picard", "Jean-Luc"],
    ["Jean Luc", "jeanluc"],
    ["Maria De Luca", "deluca"],
    ["Anne\u2011Marie", "annemarie"],
    ["Νικόστρατος", "ΝΙΚΟΣ"],
    ["ΝΙΚΟΣ", "νικος"],
    ["Νίκος Παππάς", "ΠΑΠΠΑΣ"],
    ["Jo\u200bhn Do\u00ade", "john doe"],
    ["\u202eJohn\u202c", "john"],
    ["\ufeffAda", "ada"],
    ["Müller", "mueller"],
    ["Müller", "muller"],
    ["Mueller", "mueller"],
    ["Mu\u0308ller", "Mueller"],
    ["Søren", "soeren"],
    ["Søren", "soren"],
    ["Åse Ångström", "aase aangstroem"],
    ["Straße", "strasse"],
    ["Strasse", "Straße"],
    ["Işıl", "isil"],
    ["İpek", "ipek"],
    ["IŞIL", "ışıl"],
    ["Đặng", "dang"],
    ["Łukasz", "lukasz"],
    ["Ærø", "aero"],
    ["Þór", "thor"],
    ["Ａｄａ Ｌｏｖｅｌａｃｅ", "ada lovelace"],
    ["𝓐𝓭𝓪", "ada"],
    ["שלום", "שלומ"],
    ["בן־דוד", "בן דוד"],
    ["हिन्दी", "हिन्दी"],
    ["นารี", "นารี"],
    ["남유리", "남유"],
    ["O’Brien", "o'brien"],
    ["O&#39;Brien".replace("&#39;", "'"), "obrien"],
    ["Ｏ＇Brien", "brien"],
    ["D’Angelo", "dangelo"],
  ])("%j by %j", (name, typed) => {
    expect(finds(name, typed)).toBe(true);
  });

  test.each([
    ["Anna", "hanna"],
    ["Muller", "mueller"],
    ["Ó Briain", "obr"],
  ])("%j not by %j", (name, typed) => {
    expect(finds(name, typed)).toBe(false);
  });
});

describe("guests are told apart", () => {
  test("by booking, dates and property; the same person's bookings stand together", async () => {
    const conversations = database.db.collection<Conversation>(CONVERSATIONS.name);
    const [one, two, three] = await conversations
      .find({}, { projection: { _id: 0 } })
      .limit(3)
      .toArray();
    if (!one || !two || !three) throw new Error("too few");
    const anna = { name: "Anna Zzyzx", phone: null };
    const name_parts = toNameParts(anna.name);
    await conversations.insertMany(
      [
        { ...one, conversation_id: "21", guest: { ...one.guest, ...anna, email: "anna@example.com" } },
        { ...two, conversation_id: "22", guest: { ...two.guest, ...anna, email: "Anna@example.com" } },
        { ...three, conversation_id: "23", guest: { ...three.guest, ...anna, email: null } },
        { ...three, conversation_id: "24", guest: { ...three.guest, ...anna, email: null } },
      ].map((conversation) => ({ ...conversation, name_parts })),
    );

    const guests = await findGuests(database.db, ACCOUNT, "zzy");

    expect(
      guests.map(({ bookings }) => bookings.map(({ conversation_id }) => conversation_id).sort()),
    ).toEqual(expect.arrayContaining([["21", "22"], ["23"], ["24"]]));
    expect(guests[0]?.bookings[0]).toMatchObject({
      reservation_id: one.reservation?.id ?? null,
      property: one.property.name,
    });
  });
});
