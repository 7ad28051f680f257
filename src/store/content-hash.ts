import { hash } from "node:crypto";
import { SCHEMA_VERSION } from "../domain/schema-version.ts";

export interface HashedContent {
  readonly hash: string;
  /** Length of the document as JSON text, in UTF-16 units: a cheap hint at its size. */
  readonly length: number;
}

/**
 * A hash of everything in a document that came from the source. Transforms build their documents with
 * keys in a fixed order, so equal documents have equal texts. Where a message has no time of its own, the
 * one it was given does not count: it may depend on its neighbours.
 */
export function hashContent(document: object): HashedContent {
  const retrieved = "timestamp_source" in document && document.timestamp_source === "retrieved";
  const hashed = retrieved ? { ...document, timestamp: null, local_timestamp: null } : document;
  const text = JSON.stringify(hashed);
  return { hash: hash("sha256", `${SCHEMA_VERSION}${text}`, "base64"), length: text.length };
}
