import { decodeHTMLStrict } from "entities";

const ENTITY = /&(?:#\d{1,8}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});/i;

/**
 * "Don&#39;t" and "AT&amp;T", once or twice encoded, in texts that are otherwise plain. Only entities with a
 * semicolon are decoded: "R&D", "?a=1&copy=2" and a lone "&" stay.
 */
export function decodeEntities(text: string): string {
  const once = decodeOnce(text);
  return once === text ? text : decodeOnce(once);
}

export function decodeOnce(text: string): string {
  return ENTITY.test(text) ? decodeHTMLStrict(text).toWellFormed() : text;
}
