import type { Collection, Db } from "mongodb";

/** A call to the database; `find` is held where its documents are asked for. */
export interface DbCall {
  readonly collection: string;
  readonly method: string;
  readonly args: readonly unknown[];
}

export interface Hold {
  /** The first call that it is true of is held. */
  readonly isIt: (call: DbCall) => boolean;
  /** What happens elsewhere in the meantime. */
  readonly meanwhile: () => Promise<void>;
  /** Whether the call is made before that, and only its answer comes late. */
  readonly answered?: boolean;
}

/** The same database for somebody who is held up at one call. */
export function heldUp(db: Db, { isIt, meanwhile, answered = false }: Hold): Db {
  let met = false;
  const isTheOne = (call: DbCall) => {
    if (met || !isIt(call)) return false;
    met = true;
    return true;
  };

  async function hold(act: () => unknown): Promise<unknown> {
    if (!answered) await meanwhile();
    const answer = await act();
    if (answered) await meanwhile();
    return answer;
  }

  function holdCursor(cursor: object): object {
    return withMethods(cursor, (name, act) => {
      return (...args) => (name === "toArray" ? hold(() => act(...args)) : act(...args));
    });
  }

  function watch(collection: Collection): Collection {
    return withMethods(collection, (method, act) => (...args) => {
      if (!isTheOne({ collection: collection.collectionName, method, args })) return act(...args);
      return method === "find" ? holdCursor(Object(act(...args))) : hold(() => act(...args));
    });
  }

  return withMethods(db, (name, act) => {
    return (...args) => (name === "collection" ? watch(Object(act(...args))) : act(...args));
  });
}

type Method = (...args: readonly unknown[]) => unknown;

/** The same object, but each method as `make` makes it. */
function withMethods<T extends object>(target: T, make: (name: string, act: Method) => Method): T {
  return new Proxy(target, {
    get(_, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return make(String(name), (...args) => Reflect.apply(value, target, args));
    },
  });
}
