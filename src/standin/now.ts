import type { Document } from "bson";
import { fromBson, toBson } from "./wire.ts";

/**
 * DocumentDB refuses `$$NOW` in the `$expr` of a filter on an indexed field: it is replaced there by the time
 * it stands for.
 * Documents without both words are passed through untouched.
 */
export function bindNow(document: Buffer): Buffer {
  if (!document.includes("$$NOW") || !document.includes("$expr")) return document;
  return toBson(bind(fromBson(document), new Date(), false) as Document);
}

/** The same for the documents of a sequence, which follow each other. */
export function bindNowInSequence(sequence: Buffer): Buffer {
  if (!sequence.includes("$$NOW") || !sequence.includes("$expr")) return sequence;
  const documents: Buffer[] = [];
  for (let at = 0; at < sequence.length; at += sequence.readInt32LE(at)) {
    documents.push(bindNow(sequence.subarray(at, at + sequence.readInt32LE(at))));
  }
  return Buffer.concat(documents);
}

function bind(value: unknown, now: Date, inExpression: boolean): unknown {
  if (inExpression && value === "$$NOW") return now;
  if (Array.isArray(value)) return value.map((item) => bind(item, now, inExpression));
  if (!isPlainDocument(value)) return value;
  const bound = Object.entries(value).map(([key, item]) => {
    const within = inExpression || key === "$expr";
    return [key, key === "$literal" ? item : bind(item, now, within)] as const;
  });
  return Object.fromEntries(bound);
}

function isPlainDocument(value: unknown): value is Document {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
