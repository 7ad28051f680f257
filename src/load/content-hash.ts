import { createHash } from "node:crypto";
import { SCHEMA_VERSION } from "./collections.ts";

/**
 * A hash of everything in a document that came from the source. Transforms build their documents with
 * keys in a fixed order, so equal documents have equal texts. Where a message has no time of its own, the
 * one it was given does not count: it may depend on its neighbours.
 */
export function contentHash(document: object): string {
  const retrieved = "timestamp_source" in document && document.timestamp_source === "retrieved";
  const hashed = retrieved ? { ...document, timestamp: null, local_timestamp: null } : document;
  return createHash("sha256")
    .update(`${SCHEMA_VERSION}${JSON.stringify(hashed)}`)
    .digest("base64");
}
