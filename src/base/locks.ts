/** Web Locks as signs of life: a tab or worker holds one while it lives, and the browser releases it at its end. */

/** Resolves once the lock is held, until this tab or worker ends. @param name used by no other holder */
export async function holdLock(locks: LockManager, name: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const never = new Promise<void>(() => undefined);
    locks
      .request(name, () => {
        resolve();
        return never;
      })
      .catch(reject);
  });
}

/** Calls `onFree` once the holder of a lock has ended, unless the returned function was called: ports do not report it. */
export function watchLock(locks: LockManager, name: string, onFree: () => void): () => void {
  const done = new AbortController();
  const { signal } = done;
  locks.request(name, { mode: "shared", signal }, onFree).catch(() => undefined); // withdrawn
  return () => done.abort();
}
