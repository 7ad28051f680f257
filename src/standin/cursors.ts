import type pg from "pg";
import { CommandError } from "./errors.ts";
import { asDocument, connectTo, firstRow, firstRowOn, type SqlRow } from "./sql.ts";

const IDLE_MS = 10 * 60_000;
const SWEEP_MS = 30_000;
/** Cursors that live on a connection of their own: more than this would starve everybody else. */
const MAX_PINNED = 60;
const NEXT_PAGE = "SELECT cursorpage, continuation FROM documentdb_api.cursor_get_more($1,$2,$3)";

interface Cursor {
  continuation: Buffer;
  /** Set when PostgreSQL keeps the cursor on this very connection. */
  readonly client: pg.PoolClient | null;
  usedAt: number;
  state: "idle" | "fetching" | "killed";
}

export interface CursorStore {
  /** Runs a cursor-opening function and gives its first page. */
  open(sqlFunction: string, database: string, spec: Buffer): Promise<Buffer>;
  more(id: string, database: string, spec: Buffer): Promise<Buffer>;
  /** False when there is no such cursor. */
  kill(id: string): boolean;
  readonly size: number;
  close(): void;
}

/** Open cursors. An idle one is dropped after ten minutes, as mongod does. */
export function createCursors(pool: pg.Pool, now: () => number = Date.now): CursorStore {
  const cursors = new Map<string, Cursor>();
  const sweeper = setInterval(expireIdle, SWEEP_MS).unref();

  function expireIdle(): void {
    for (const [id, cursor] of cursors) if (now() - cursor.usedAt > IDLE_MS) kill(id);
  }

  function makeRoom(): void {
    const pinned = [...cursors].filter(([, cursor]) => cursor.client !== null && cursor.state === "idle");
    if (pinned.length < MAX_PINNED) return;
    const [oldest] = pinned.sort(([, a], [, b]) => a.usedAt - b.usedAt);
    if (oldest) kill(oldest[0]);
  }

  function kill(id: string): boolean {
    const cursor = cursors.get(id);
    if (!cursor) return false;
    cursors.delete(id);
    if (cursor.state === "idle") cursor.client?.release(true);
    cursor.state = "killed"; // a fetch in flight lets go of the connection when it ends
    return true;
  }

  async function open(sqlFunction: string, database: string, spec: Buffer): Promise<Buffer> {
    makeRoom();
    const client = await connectTo(pool);
    let pinned = false;
    try {
      const row = await firstRowOn(
        client,
        `SELECT cursorpage, continuation, persistconnection, cursorid FROM documentdb_api.${sqlFunction}($1,$2,0)`,
        [database, spec],
      );
      pinned = remember(row, client);
      return asDocument(row[0]);
    } finally {
      if (!pinned) client.release();
    }
  }

  function remember([, continuation, persist, id]: SqlRow, client: pg.PoolClient): boolean {
    if (!Buffer.isBuffer(continuation)) return false;
    const pinned = persist === "t";
    cursors.set(String(id), { continuation, client: pinned ? client : null, usedAt: now(), state: "idle" });
    return pinned;
  }

  async function more(id: string, database: string, spec: Buffer): Promise<Buffer> {
    const cursor = cursors.get(id);
    if (!cursor) throw new CommandError(43, `cursor id ${id} not found`);
    if (cursor.state === "fetching") throw new CommandError(143, `cursor id ${id} is already in use`);
    cursor.state = "fetching";
    try {
      const values = [database, spec, cursor.continuation];
      const [page, continuation] = await (cursor.client
        ? firstRowOn(cursor.client, NEXT_PAGE, values)
        : firstRow(pool, NEXT_PAGE, values));
      settle(id, cursor, continuation);
      return asDocument(page);
    } catch (error) {
      settle(id, cursor, null, true);
      throw error;
    }
  }

  function settle(id: string, cursor: Cursor, continuation: unknown, broken = false): void {
    const killed = cursor.state === "killed";
    if (!killed && Buffer.isBuffer(continuation)) {
      cursor.continuation = continuation;
      cursor.usedAt = now();
      cursor.state = "idle";
      return;
    }
    cursors.delete(id);
    cursor.client?.release(killed || broken);
  }

  return {
    open,
    more,
    kill,
    get size() {
      return cursors.size;
    },
    close() {
      clearInterval(sweeper);
      for (const id of [...cursors.keys()]) kill(id);
    },
  };
}
