import { phrasesOf } from "../content/languages.ts";
import type { Phrases, Topic } from "../content/phrases.ts";
import { HOSTS } from "../content/places.ts";
import type { BookingFacts, ListingFacts } from "../facts.ts";
import { chance, pick, type Random, whole } from "../random.ts";
import type { Beat, Phase } from "./thread-plan.ts";

/** The words for a beat, in the guest's language; hosts answer some guests in English. */
export function textOf(r: Random, beat: Beat, booking: BookingFacts, listing: ListingFacts): string {
  const words = phrasesOf(booking.guest.language);
  const values = {
    guest: booking.guest.firstName ?? "guest",
    host: HOSTS[booking.listingId % HOSTS.length] ?? HOSTS[0],
    listing: listing.internalName === null ? listing.name : (listing.name.split(" | ")[0] ?? listing.name),
    in: String(booking.checkIn),
    out: String(booking.checkOut),
    code: String(whole(r, 1, 60)),
  };
  return fill(template(r, beat, words), values);
}

function template(r: Random, beat: Beat, words: Phrases): string {
  switch (beat.kind) {
    case "ask":
      return `${beat.opening || chance(r, 0.35) ? `${pick(r, words.greeting)} ` : ""}${pick(r, topicOf(words, beat).ask)}`;
    case "answer":
      return answer(r, beat, words);
    case "thanks":
      return pick(r, words.thanks);
    case "photo":
      return chance(r, 0.5) ? "" : pick(r, words.photo);
    case "note":
      return `${pick(r, words.hostGreeting)}\n\n${pick(r, words.arrived.answer)}`;
    case "automation":
      return words.automations[beat.name];
  }
}

function answer(r: Random, beat: { phase: Phase; topic: number; opening: boolean }, words: Phrases): string {
  const said = pick(r, topicOf(words, beat).answer);
  if (!beat.opening && chance(r, 0.6)) return said;
  return `${pick(r, words.hostGreeting)}${chance(r, 0.5) ? "\n" : "\n\n"}${said}`;
}

function topicOf(words: Phrases, beat: { phase: Phase; topic: number }): Topic {
  if (beat.phase === "arrived" || beat.phase === "after") return words[beat.phase];
  const topics = words[beat.phase];
  return topics[beat.topic % topics.length] ?? topics[0];
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
