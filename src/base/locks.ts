/** Web Locks as signs of life: a tab or worker holds one for as long as it is there, and the browser frees it then. */

/** Resolves once the lock is held, which it is until the holder has ended. @param name of nobody else */
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

/** Calls back once the holder of a lock has ended, unless what is returned was called: its ports tell nothing then. */
export function watchLock(locks: LockManager, name: string, onFree: () => void): () => void {
  const done = new AbortController();
  const { signal } = done;
  locks.request(name, { mode: "shared", signal }, onFree).catch(() => undefined); // withdrawn
  return () => done.abort();
}
