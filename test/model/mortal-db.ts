import { type Collection, type Db, MongoNetworkError } from "mongodb";
import type { WrittenTo } from "./history.ts";

export interface Fate {
  readonly to: WrittenTo;
  /** Which write it is about, counted from 1. */
  readonly at: number;
  /** How much of that write happens before the process dies; `frozen`: it lives on, but later. */
  readonly done: "nothing" | "half" | "all" | "frozen";
  /** What happens elsewhere while it is frozen. */
  readonly meanwhile?: () => Promise<void>;
}

/** A database as a process sees it that dies, or is frozen, at one of its writes. */
export interface MortalDb {
  readonly db: Db;
  /** Whether the moment has come; after a death everything that is asked fails. */
  met(): boolean;
  /** Resolves when nothing is under way any more. */
  quiet(): Promise<void>;
}

const WRITES: readonly PropertyKey[] = [
  "bulkWrite",
  "insertMany",
  "insertOne",
  "updateOne",
  "updateMany",
  "replaceOne",
  "findOneAndUpdate",
  "deleteMany",
];
const CURSOR_ASKS: readonly PropertyKey[] = ["toArray", "hasNext", "next", "tryNext"];

type Call = (...args: unknown[]) => unknown;

export function mortalDb(real: Db, fate: Fate | null): MortalDb {
  let writes = 0;
  let met = false;
  let dead = false;
  let frozen: Promise<void> = Promise.resolve();
  const underWay = new Set<Promise<unknown>>();

  function dieIfDead(): void {
    if (dead) throw new MongoNetworkError("the process is dead");
  }

  /** What a dead process would have been told, nobody hears. */
  async function ask(call: () => unknown): Promise<unknown> {
    await frozen;
    dieIfDead();
    const answer = await call();
    dieIfDead();
    return answer;
  }

  async function write(to: string, name: PropertyKey, call: Call, args: unknown[]): Promise<unknown> {
    await frozen;
    dieIfDead();
    if (fate?.to === "any" || fate?.to === to) writes += 1;
    if (fate === null || met || writes !== fate.at) return await ask(() => call(...args));
    met = true;
    if (fate.done === "frozen") {
      frozen = fate.meanwhile?.() ?? frozen;
      return await ask(() => call(...args));
    }
    dead = true;
    if (fate.done === "all") await call(...args);
    if (fate.done === "half" && name === "bulkWrite") await writeHalf(call, args);
    return dieIfDead();
  }

  const track = (work: Promise<unknown>): Promise<unknown> => {
    underWay.add(work);
    const done = () => void underWay.delete(work);
    work.then(done, done);
    return work;
  };

  const collection = (target: Collection) =>
    wrap(target, (name, call) => {
      if (name === "find" || name === "aggregate") return (...args) => cursor(call(...args) as object);
      if (WRITES.includes(name)) return (...args) => track(write(target.collectionName, name, call, args));
      return (...args) => track(ask(() => call(...args)));
    });

  function cursor<C extends object>(target: C): C {
    const proxy: C = wrap(target, (name, call) => {
      if (CURSOR_ASKS.includes(name)) return (...args) => track(ask(() => call(...args)));
      return (...args) => {
        const result = call(...args);
        return result === target ? proxy : result;
      };
    });
    return proxy;
  }

  const db = wrap(real, (name, call) => {
    if (name === "collection") return (...args) => collection(call(...args) as Collection);
    return (...args) => track(ask(() => call(...args)));
  });

  return {
    db,
    met: () => met,
    async quiet() {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
}

async function writeHalf(call: Call, [operations, ...options]: unknown[]): Promise<void> {
  const half = Array.isArray(operations) ? operations.slice(0, Math.floor(operations.length / 2)) : [];
  if (half.length > 0) await call(half, ...options);
}

/** The same object, but each method as `method` makes it. */
function wrap<T extends object>(target: T, method: (name: PropertyKey, call: Call) => Call): T {
  return new Proxy(target, {
    get(_, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return method(name, (...args) => Reflect.apply(value, target, args));
    },
  });
}
