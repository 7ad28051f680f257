import { expect, test } from "@jest/globals";
import { parsePhoneNumberFromString } from "libphonenumber-js";
import { GUEST_COUNTRIES } from "../../src/simulator/content/people.ts";
import { PLACES } from "../../src/simulator/content/places.ts";
import { fillDigits, random } from "../../src/simulator/random.ts";

test.each(GUEST_COUNTRIES.map((country) => [country.name, country] as const))(
  "every phone number of %s is valid and of no other country",
  (_, country) => {
    const r = random(1);
    for (let i = 0; i < 300; i++) {
      const number = parsePhoneNumberFromString(fillDigits(r, country.phone));
      expect(number?.isValid()).toBe(true);
      expect(number?.country).toBe(country.code);
    }
  },
);

test("every country has the code that its English name belongs to", () => {
  const names = new Intl.DisplayNames("en", { type: "region" });
  for (const { code, name } of GUEST_COUNTRIES) expect(name).toContain(names.of(code)?.split(" ")[0] ?? "?");
});

test("every place is in a zone that exists", () => {
  for (const { zone } of PLACES)
    expect(() => new Intl.DateTimeFormat("en", { timeZone: zone })).not.toThrow();
});
