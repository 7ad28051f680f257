import { de } from "./de.ts";
import { en } from "./en.ts";
import { es } from "./es.ts";
import { fr } from "./fr.ts";
import { it } from "./it.ts";
import { el, ja, ru } from "./others.ts";
import type { Phrases } from "./phrases.ts";
import { pt } from "./pt.ts";

const PHRASES = new Map<string, Phrases>(Object.entries({ en, es, de, fr, it, pt, ja, el, ru }));

export function languagePhrases(language: string): Phrases {
  return PHRASES.get(language) ?? en;
}
