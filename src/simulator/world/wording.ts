import { languagePhrases } from "../content/languages.ts";
import type { Phrases, Topic } from "../content/phrases.ts";
import { HOSTS } from "../content/places.ts";
import type { BookingFacts, ListingFacts } from "../facts.ts";
import { chance, integer, pick, type Random } from "../random.ts";
import type { MessageIntent, Phase } from "./thread-plan.ts";

/** The words of a message, in the guest's language; hosts answer some guests in English. */
export function textOf(
  r: Random,
  intent: MessageIntent,
  booking: BookingFacts,
  listing: ListingFacts,
): string {
  const words = languagePhrases(booking.guest.language);
  const values = {
    guest: booking.guest.firstName ?? "guest",
    host: HOSTS[booking.listingId % HOSTS.length] ?? HOSTS[0],
    listing: listing.internalName === null ? listing.name : (listing.name.split(" | ")[0] ?? listing.name),
    in: String(booking.checkIn),
    out: String(booking.checkOut),
    code: String(integer(r, 1, 60)),
  };
  return fill(template(r, intent, words), values);
}

function template(r: Random, intent: MessageIntent, words: Phrases): string {
  switch (intent.kind) {
    case "ask":
      return `${intent.opening || chance(r, 0.35) ? `${pick(r, words.greeting)} ` : ""}${pick(r, topicOf(words, intent).ask)}`;
    case "answer":
      return answerText(r, intent, words);
    case "thanks":
      return pick(r, words.thanks);
    case "photo":
      return chance(r, 0.5) ? "" : pick(r, words.photo);
    case "note":
      return `${pick(r, words.hostGreeting)}\n\n${pick(r, words.arrived.answer)}`;
    case "automation":
      return words.automations[intent.name];
  }
}

function answerText(
  r: Random,
  intent: { phase: Phase; topic: number; opening: boolean },
  words: Phrases,
): string {
  const said = pick(r, topicOf(words, intent).answer);
  if (!intent.opening && chance(r, 0.6)) return said;
  return `${pick(r, words.hostGreeting)}${chance(r, 0.5) ? "\n" : "\n\n"}${said}`;
}

function topicOf(words: Phrases, intent: { phase: Phase; topic: number }): Topic {
  if (intent.phase === "arrived" || intent.phase === "after") return words[intent.phase];
  const topics = words[intent.phase];
  return topics[intent.topic % topics.length] ?? topics[0];
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
