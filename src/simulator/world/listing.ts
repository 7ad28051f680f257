import { HOUSE_NAMES, PLACES, type Place } from "../content/places.ts";
import type { ListingFacts } from "../facts.ts";
import { chance, digits, pick, type Random, random, STREAM, whole } from "../random.ts";
import { DAY, floorTo, SECOND } from "../time.ts";

const FIRST_LISTING_ID = 20_001;

/** With this many listings one lacks its zone, and with twice as many another names one that does not exist. */
const ENOUGH_FOR_ODD_ZONES = 10;

export function makeListings(seed: number, count: number, now: number): ListingFacts[] {
  return Array.from({ length: count }, (_, index) => makeListing(seed, index, count, now));
}

function makeListing(seed: number, index: number, count: number, now: number): ListingFacts {
  const r = random(seed, STREAM.listing, index);
  const place = PLACES[index % PLACES.length] ?? PLACES[0];
  const insertedAt = floorTo(SECOND, now - whole(r, 1000, 1500) * DAY - r() * DAY);
  return {
    id: FIRST_LISTING_ID + index,
    ...names(r, index, place),
    ...whereIs(r, place),
    ...zones(index, count, place),
    currency: place.currency,
    language: place.language,
    capacity: whole(r, 2, 12),
    bedrooms: whole(r, 1, 5),
    price: whole(r, 60, 480),
    checkInFrom: whole(r, 14, 16),
    checkInUntil: chance(r, 0.15) ? null : whole(r, 20, 24),
    checkOutUntil: whole(r, 10, 11),
    insertedAt,
    activityAt: floorTo(SECOND, now - whole(r, 2, 300) * DAY - r() * DAY),
    wifiPassword: `CANARY-wifi-${digits(r, 8)}`,
    doorCode: `CANARY-door-${digits(r, 6)}`,
  };
}

function names(r: Random, index: number, place: Place) {
  const house = HOUSE_NAMES[(index * 5) % HOUSE_NAMES.length] ?? HOUSE_NAMES[0];
  const extra = pick(r, ["quiet & central", "garden", "family friendly", "2 min to the beach"]);
  return {
    name: `${house} | ${place.city}, ${extra}`,
    internalName: chance(r, 0.06) ? null : `${String(index + 1).padStart(3, "0")} ${house}`,
  };
}

function whereIs(r: Random, place: Place) {
  return {
    city: place.city,
    state: place.state,
    street: `${whole(r, 1, 180)} ${pick(r, ["Harbour Road", "Calle Mayor", "Lindenweg", "Via Roma"])}`,
    country: place.country,
    countryCode: place.code,
    latitude: Math.round((place.latitude + (r() - 0.5) / 10) * 1e4) / 1e4,
    longitude: Math.round((place.longitude + (r() - 0.5) / 10) * 1e4) / 1e4,
  };
}

function zones(index: number, count: number, place: Place) {
  const zone = place.zone;
  if (count >= ENOUGH_FOR_ODD_ZONES && index === count - 1)
    return { zone, sentZone: null, messageZone: zone };
  if (count >= 2 * ENOUGH_FOR_ODD_ZONES && index === count - 2)
    return { zone, sentZone: "Mars/Phobos", messageZone: "Mars/Phobos" };
  return { zone, sentZone: zone, messageZone: zone };
}
