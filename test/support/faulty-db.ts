import { type Collection, type Db, MongoNetworkError } from "mongodb";

/** A call to the database; a held `find` waits where its documents are fetched. */
export interface DbCall {
  readonly collection: string;
  readonly method: string;
  readonly args: readonly unknown[];
}

export interface Hold {
  /** The first call that matches is held. */
  readonly isIt: (call: DbCall) => boolean;
  /** Runs elsewhere in the meantime. */
  readonly meanwhile: () => Promise<void>;
  /** Whether the call is made before that, and only its result comes late. */
  readonly answered?: boolean;
}

/** The same database for a process that is held up at one call. */
export function heldUp(db: Db, { isIt, meanwhile, answered = false }: Hold): Db {
  let reached = false;
  const isTheOne = (call: DbCall) => {
    if (reached || !isIt(call)) return false;
    reached = true;
    return true;
  };

  async function hold(act: () => unknown): Promise<unknown> {
    if (!answered) await meanwhile();
    const result = await act();
    if (answered) await meanwhile();
    return result;
  }

  function holdCursor(cursor: object): object {
    return withMethods(cursor, (name, act) => {
      return (...args) => (name === "toArray" ? hold(() => act(...args)) : act(...args));
    });
  }

  return withCollections(db, (collection) =>
    withMethods(collection, (method, act) => (...args) => {
      if (!isTheOne({ collection: collection.collectionName, method, args })) return act(...args);
      return method === "find" ? holdCursor(Object(act(...args))) : hold(() => act(...args));
    }),
  );
}

/** The write at which a process dies, or freezes. */
export interface CrashPoint {
  /** The collection; "any" counts the writes to all. */
  readonly to: string;
  /** Which write, counted from 1. */
  readonly at: number;
  /** How much of that write happens before the process dies; `frozen`: the process lives on, but later. */
  readonly done: "nothing" | "half" | "all" | "frozen";
  /** Runs elsewhere while the process is frozen. */
  readonly meanwhile?: () => Promise<void>;
}

/** A database for a process that dies, or freezes, at one of its writes. */
export interface FaultyDb {
  readonly db: Db;
  /** Whether the process came to its crash point; every call of a dead process fails. */
  reached(): boolean;
  /** Resolves when no call is under way. */
  idle(): Promise<void>;
}

const WRITES: readonly string[] = [
  "bulkWrite",
  "insertMany",
  "insertOne",
  "updateOne",
  "updateMany",
  "replaceOne",
  "findOneAndUpdate",
  "deleteMany",
];
const CURSOR_CALLS: readonly string[] = ["toArray", "hasNext", "next", "tryNext"];

/** @param point null for a process that lives on */
export function faultyDb(real: Db, point: CrashPoint | null): FaultyDb {
  const fate = createFate(point);
  const underWay = new Set<Promise<unknown>>();

  function track(work: Promise<unknown>): Promise<unknown> {
    underWay.add(work);
    const done = () => void underWay.delete(work);
    work.then(done, done);
    return work;
  }

  function collection(target: Collection): Collection {
    return withMethods(target, (name, act) => {
      if (name === "find" || name === "aggregate") return (...args) => cursor(Object(act(...args)));
      if (WRITES.includes(name))
        return (...args) => track(fate.write(target.collectionName, name, act, args));
      return (...args) => track(fate.call(() => act(...args)));
    });
  }

  function cursor(target: object): object {
    const proxy: object = withMethods(target, (name, act) => {
      if (CURSOR_CALLS.includes(name)) return (...args) => track(fate.call(() => act(...args)));
      return (...args) => {
        const result = act(...args);
        return result === target ? proxy : result;
      };
    });
    return proxy;
  }

  return {
    db: withCollections(real, collection, (act) => track(fate.call(act))),
    reached: fate.reached,
    async idle() {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
}

/** Decides for each call whether the process is alive, frozen or dead. */
function createFate(point: CrashPoint | null) {
  let writes = 0;
  let reached = false;
  let dead = false;
  let frozen: Promise<void> = Promise.resolve();

  function dieIfDead(): void {
    if (dead) throw new MongoNetworkError("the process is dead");
  }

  /** A dead process hears no result. */
  async function call(act: () => unknown): Promise<unknown> {
    await frozen;
    dieIfDead();
    const result = await act();
    dieIfDead();
    return result;
  }

  async function write(to: string, name: string, act: Method, args: readonly unknown[]): Promise<unknown> {
    await frozen;
    dieIfDead();
    if (point?.to === "any" || point?.to === to) writes += 1;
    if (point === null || reached || writes !== point.at) return await call(() => act(...args));
    reached = true;
    if (point.done === "frozen") {
      frozen = point.meanwhile?.() ?? frozen;
      return await call(() => act(...args));
    }
    dead = true;
    if (point.done === "all") await act(...args);
    if (point.done === "half" && name === "bulkWrite") await writeHalf(act, args);
    return dieIfDead();
  }

  return { call, write, reached: () => reached };
}

async function writeHalf(act: Method, [operations, ...options]: readonly unknown[]): Promise<void> {
  const half = Array.isArray(operations) ? operations.slice(0, Math.floor(operations.length / 2)) : [];
  if (half.length > 0) await act(half, ...options);
}

type Method = (...args: readonly unknown[]) => unknown;

/** The same database with other collections; `call` makes its own calls. */
function withCollections(
  db: Db,
  change: (collection: Collection) => Collection,
  call: (act: () => unknown) => unknown = (act) => act(),
): Db {
  return withMethods(db, (name, act) => (...args) => {
    return name === "collection" ? change(Object(act(...args))) : call(() => act(...args));
  });
}

/** The same object, but each method as `make` makes it. */
function withMethods<T extends object>(target: T, make: (name: string, act: Method) => Method): T {
  return new Proxy(target, {
    get(_, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return make(String(name), (...args) => Reflect.apply(value, target, args));
    },
  });
}
