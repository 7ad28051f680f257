import { describe, expect, test } from "@jest/globals";
import { guestOfConversation, guestOfReservation, realAddress, realName } from "../../src/transform/guest.ts";
import * as hostaway from "../../src/transform/records.ts";
import { rawConversation } from "../support/records.ts";

type Overrides = Readonly<Record<string, unknown>>;

const reserved = (overrides: Overrides) =>
  guestOfReservation(hostaway.ReservationRecord.parse({ id: 2, ...overrides }));

const conversing = (reservation: Overrides | null, conversation: Overrides) =>
  guestOfConversation(
    reservation && reserved(reservation),
    hostaway.ConversationRecord.parse(rawConversation(conversation)),
  );

describe("a name says who somebody is", () => {
  test.each(["Ada Lovelace", "Ada", "李", "Łukasz", "محمد", "D.", "O'Neil", "3 Friends"])(
    "%p does",
    (name) => {
      expect(realName(name)).toBe(name);
    },
  );

  test.each([null, "", ".", "..", " ", "-", "- -", "?", "👋", "\u00a0"])("%p does not", (name) => {
    expect(realName(name)).toBeNull();
  });
});

describe("an address reaches the guest", () => {
  test.each(["ada@example.com", "ada@hostaway.com", "ada@nothostaway.info", "ada@hostaway.info.example.com"])(
    "%p does",
    (address) => {
      expect(realAddress(address)).toBe(address);
    },
  );

  test.each([
    null,
    "",
    "1406-guest@hostaway.info",
    "1406@guest.hostaway.info",
    "1406@a.b.hostaway.info",
    "1406@GUEST.HOSTAWAY.INFO",
  ])("%p does not, or only through Hostaway", (address) => {
    expect(realAddress(address)).toBeNull();
  });
});

describe("nationality comes from the country of residence", () => {
  test.each([
    ["DE", "DE"],
    ["de", "DE"],
    ["DEU", "DE"],
    ["Germany", "DE"],
    ["germany", "DE"],
    [" Australia ", "AU"],
    ["United States", "US"],
    ["United States of America", "US"],
    ["United Kingdom", "GB"],
  ])("%p is %s", (guestCountry, expected) => {
    const { nationality, nationality_source } = reserved({ guestCountry });

    expect({ nationality, nationality_source }).toEqual({
      nationality: expected,
      nationality_source: "guest_country",
    });
  });
});

describe("nationality comes from the phone number where there is no country", () => {
  test.each([
    ["+4915112345678", "DE"],
    ["+14155552671", "US"],
    ["+16135550123", "CA"],
    ["+351 912 345 678", "PT"],
  ])("%p is %s", (phone, expected) => {
    const { nationality, nationality_source } = reserved({ phone });

    expect({ nationality, nationality_source }).toEqual({
      nationality: expected,
      nationality_source: "phone",
    });
  });
});

describe("nationality comes from the locale's region where there is nothing else", () => {
  test.each([
    ["pt-BR", "BR"],
    ["pt_BR", "BR"],
    ["en-gb", "GB"],
    ["zh-Hans-CN", "CN"],
  ])("%p is %s", (guestLocale, expected) => {
    const { nationality, nationality_source } = reserved({ guestLocale });

    expect({ nationality, nationality_source }).toEqual({
      nationality: expected,
      nationality_source: "locale",
    });
  });
});

describe("nationality is never guessed", () => {
  test.each([
    ["nothing", {}],
    ["a country nobody knows", { guestCountry: "Atlantis" }],
    ["a code of no country", { guestCountry: "XX" }],
    ["a name that may be two countries'", { guestCountry: "Virgin Islands" }],
    ["a word every object answers to", { guestCountry: "constructor" }],
    ["a prototype", { guestCountry: "__proto__" }],
    ["a number without its country", { phone: "015112345678" }],
    ["a number without its plus", { phone: "4915112345678" }],
    ["a toll-free number of all the world", { phone: "+80012345678" }],
    ["a number too short to tell", { phone: "+1800" }],
    ["no number", { phone: "call me" }],
    ["a language", { guestLocale: "pt" }],
    ["a language and a script", { guestLocale: "zh-Hans" }],
    ["a continent", { guestLocale: "es-419" }],
    ["the world", { guestLocale: "en-001" }],
    ["a broken locale", { guestLocale: "not a locale!" }],
    ["a city", { guestCity: "Berlin" }],
    ["an address", { guestEmail: "ada@example.de" }],
  ])("from %s", (_what, overrides) => {
    const { nationality, nationality_source } = reserved(overrides);

    expect({ nationality, nationality_source }).toEqual({ nationality: null, nationality_source: null });
  });
});

describe("nationality takes the country first, then the phone, then the locale", () => {
  const everything = { guestCountry: "France", phone: "+4915112345678", guestLocale: "pt-BR" };

  test.each([
    [everything, "FR", "guest_country"],
    [{ ...everything, guestCountry: null }, "DE", "phone"],
    [{ ...everything, guestCountry: "Atlantis" }, "DE", "phone"],
    [{ ...everything, guestCountry: " ", phone: "call me" }, "BR", "locale"],
  ])("%j is %s by its %s", (overrides, nationality, nationality_source) => {
    expect(reserved(overrides)).toMatchObject({ nationality, nationality_source });
  });
});

describe("the guest of a conversation", () => {
  test.each([
    ["the reservation's", { guestName: "Ada Lovelace" }, "Ada", "Ada Lovelace"],
    ["the conversation's where the reservation's is a dot", { guestName: "." }, "Ada", "Ada"],
    ["the conversation's where the reservation's is blank", { guestName: "  " }, "Ada", "Ada"],
    ["the conversation's where there is no reservation", null, "Ada", "Ada"],
    ["none where both are dots", { guestName: "." }, ".", null],
  ])("has a name: %s", (_what, reservation, recipientName, name) => {
    expect(conversing(reservation, { recipientName }).name).toBe(name);
  });

  test.each([
    ["the conversation's", { guestEmail: "b@example.com" }, "a@example.com", "a@example.com"],
    ["the reservation's", { guestEmail: "b@example.com" }, "1@guest.hostaway.info", "b@example.com"],
    ["the reservation's where there is no other", { guestEmail: "b@example.com" }, null, "b@example.com"],
    ["none where both forward", { guestEmail: "2@hostaway.info" }, "1@hostaway.info", null],
    ["none where nobody knows", null, null, null],
  ])("has an address: %s", (_what, reservation, recipientEmail, email) => {
    expect(conversing(reservation, { recipientEmail }).email).toBe(email);
  });

  test("never has the conversation's `guestEmail`, which is a relay address whatever it looks like", () => {
    expect(conversing(null, { guestEmail: "relay@example.com" }).email).toBeNull();
  });

  test("has the reservation's phone, nationality and locale", () => {
    const facts = { phone: "+4915112345678", guestLocale: "de-AT" };

    expect(conversing(facts, {})).toMatchObject({
      phone: "+4915112345678",
      locale: "de-AT",
      nationality: "DE",
      nationality_source: "phone",
    });
  });
});
