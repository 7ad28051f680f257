import { DAY_MS, SECOND_MS } from "../../domain/time.ts";
import { HOUSE_NAMES, PLACES, type Place } from "../content/places.ts";
import type { ListingFacts } from "../facts.ts";
import { chance, digits, integer, pick, type Random, random, STREAM } from "../random.ts";
import { floorTo } from "../time.ts";

const FIRST_LISTING_ID = 20_001;

/** With this many listings one lacks its time zone, and with twice as many another has an unknown one. */
const ENOUGH_FOR_ODD_ZONES = 10;

export function makeListings(seed: number, count: number, now: number): ListingFacts[] {
  return Array.from({ length: count }, (_, index) => makeListing(seed, index, count, now));
}

function makeListing(seed: number, index: number, count: number, now: number): ListingFacts {
  const r = random(seed, STREAM.listing, index);
  const place = PLACES[index % PLACES.length] ?? PLACES[0];
  const insertedAt = floorTo(SECOND_MS, now - integer(r, 1000, 1500) * DAY_MS - r() * DAY_MS);
  return {
    id: FIRST_LISTING_ID + index,
    ...makeNames(r, index, place),
    ...makeAddress(r, place),
    ...timeZones(index, count, place),
    currency: place.currency,
    language: place.language,
    capacity: integer(r, 2, 12),
    bedrooms: integer(r, 1, 5),
    price: integer(r, 60, 480),
    checkInFrom: integer(r, 14, 16),
    checkInUntil: chance(r, 0.15) ? null : integer(r, 20, 24),
    checkOutUntil: integer(r, 10, 11),
    insertedAt,
    activityAt: floorTo(SECOND_MS, now - integer(r, 2, 300) * DAY_MS - r() * DAY_MS),
    wifiPassword: `CANARY-wifi-${digits(r, 8)}`,
    doorCode: `CANARY-door-${digits(r, 6)}`,
  };
}

function makeNames(r: Random, index: number, place: Place) {
  const house = HOUSE_NAMES[(index * 5) % HOUSE_NAMES.length] ?? HOUSE_NAMES[0];
  const extra = pick(r, ["quiet & central", "garden", "family friendly", "2 min to the beach"]);
  return {
    name: `${house} | ${place.city}, ${extra}`,
    internalName: chance(r, 0.06) ? null : `${String(index + 1).padStart(3, "0")} ${house}`,
  };
}

function makeAddress(r: Random, place: Place) {
  return {
    city: place.city,
    state: place.state,
    street: `${integer(r, 1, 180)} ${pick(r, ["Harbour Road", "Calle Mayor", "Lindenweg", "Via Roma"])}`,
    country: place.country,
    countryCode: place.code,
    latitude: Math.round((place.latitude + (r() - 0.5) / 10) * 1e4) / 1e4,
    longitude: Math.round((place.longitude + (r() - 0.5) / 10) * 1e4) / 1e4,
  };
}

function timeZones(index: number, count: number, place: Place) {
  const zone = place.zone;
  if (count >= ENOUGH_FOR_ODD_ZONES && index === count - 1)
    return { zone, sentZone: null, messageZone: zone };
  if (count >= 2 * ENOUGH_FOR_ODD_ZONES && index === count - 2)
    return { zone, sentZone: "Mars/Phobos", messageZone: "Mars/Phobos" };
  return { zone, sentZone: zone, messageZone: zone };
}
