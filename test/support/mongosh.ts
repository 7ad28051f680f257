import { inspect } from "node:util";
import { createContext, runInContext } from "node:vm";
import type { Collection, Db, Document } from "mongodb";

/** A query and the answer that stands below it. */
export const EXAMPLE = /```js\n([^`]+)```\n\n```text\n([^`]*)```/g;

/** The queries of a page for analysts, each with its documented answer. */
export const examplesOf = (page: string) =>
  [...page.matchAll(EXAMPLE)].map(([, query = "", answer = ""]) => ({ query, answer }));

/** Runs a text of mongosh's. */
export async function rowsForAnalyst(db: Db, text: string): Promise<Document[]> {
  const infos = await db.listCollections().toArray();
  const getCollection = (name: string) => readOnlyCollection(db.collection(name));
  const shell = {
    getCollection,
    getCollectionInfos: ({ name }: { name: string }) => infos.filter((info) => info.name === name),
  };
  const shim = new Proxy(shell, {
    get: (own, name) => Reflect.get(own, name) ?? getCollection(String(name)),
  });
  const result: { toArray(): Promise<Document[]> } = runInContext(
    text,
    createContext({ db: shim, ISODate: (iso: string) => new Date(iso) }),
  );
  return await result.toArray();
}

/** Runs it, and writes what comes out as it is written on the page: one row a line. */
export async function askAsAnalyst(db: Db, text: string): Promise<string> {
  const rows = await rowsForAnalyst(db, text);
  return rows.map((row) => `${inspect(asShell(row), { breakLength: Infinity })}\n`).join("");
}

/** Of a collection in mongosh what the page uses. */
function readOnlyCollection(collection: Collection) {
  return {
    aggregate: (pipeline: Document[]) => collection.aggregate(pipeline),
    find: (filter: Document, projection: Document) => collection.find(filter, { projection }),
  };
}

function asShell(row: Document): Document {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key,
      value instanceof Date ? { [inspect.custom]: () => `ISODate('${value.toISOString()}')` } : value,
    ]),
  );
}
