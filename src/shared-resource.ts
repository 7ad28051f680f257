/** One user's part of a resource; disposing of it gives it back. */
export interface ShareOf<T> {
  readonly value: T;
  release(): Promise<void>;
}

/** A resource that is opened with its first user, shared by all at the same time, and closed with the last. */
export interface SharedResource<T> extends AsyncDisposable {
  /** Opens it with `open` unless it is open, or about to be. */
  acquire(open: () => T | Promise<T>): Promise<ShareOf<T>>;
}

interface Opened<T> {
  readonly value: Promise<T>;
  users: number;
}

export function createSharedResource<T>(close: (value: T) => unknown): SharedResource<T> {
  let current: Opened<T> | null = null;

  async function closeNow(opened: Opened<T>): Promise<void> {
    if (current === opened) current = null;
    opened.users = 0;
    await close(await opened.value);
  }

  return {
    async acquire(open) {
      current ??= { value: Promise.resolve().then(open), users: 0 };
      const opened = current;
      opened.users += 1;
      const value = await opened.value.catch((error: unknown) => {
        if (current === opened) current = null;
        throw error;
      });
      let held = true;
      return {
        value,
        async release() {
          if (!held || opened.users === 0) return;
          held = false;
          opened.users -= 1;
          if (opened.users === 0) await closeNow(opened);
        },
      };
    },
    async [Symbol.asyncDispose]() {
      if (current) await closeNow(current);
    },
  };
}
