/** Serves the account of a run to its owner. @see capnp/owner.capnp Account */
import { AnyClient, dup, serve } from "#capnp";
import type { Client } from "#capnp";
import type { AccountServer, AccountWatcher } from "#schema";
import type { Account } from "#caps";

export function serveAccount(account: Account): AccountServer {
  return {
    snapshot: () => ({ entries: account.entries }),
    watch: (watcher) => ({ watching: watchAccount(account, dup(watcher)) }),
    revoke: (id) => ({ ended: account.revoke(id) }),
    log: () => ({ lines: account.log }),
  };
}

/** Takes ownership of the watcher. One call is in flight at a time; changes during a call are coalesced into the next. */
function watchAccount(account: Account, watcher: AccountWatcher): Client {
  let isStale = true;
  let isReporting = false;
  const report = async (): Promise<void> => {
    if (isReporting) return;
    isReporting = true;
    try {
      // Coalesces the changes of one turn.
      await Promise.resolve();
      while (isStale) {
        isStale = false;
        await watcher.changed(account.entries);
      }
    } catch {
      // The watcher has disconnected or thrown.
      end();
    } finally {
      isReporting = false;
    }
  };
  const stop = account.watch(() => {
    isStale = true;
    void report(); // never rejects
  });
  const end = (): void => {
    stop();
    isStale = false;
    watcher[Symbol.dispose]();
  };
  void report(); // never rejects
  return serve(AnyClient, { [Symbol.dispose]: end });
}
