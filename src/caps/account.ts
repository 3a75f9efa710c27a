/**
 * The account of authority of one run. For each grant: its holder, the grant it came through, its restrictions, its
 * age, the number of its uses, and the last refusal.
 *
 * An entry is one grant to one process. It owns a revoker, derived from that of the entry it was granted through, so
 * revoking an entry revokes everything that was granted through it.
 */
import { Exception } from "#base";
import type { Crossing } from "#capnp";
import { boundariesOf } from "./boundary.ts";
import { joinLifetimes } from "./lifetime.ts";
import type { Lifetime } from "./lifetime.ts";
import { createRevoker } from "./revoker.ts";
import type { Revoker } from "./revoker.ts";

/** A process as the account names it. */
export interface Holder {
  readonly pid: number;
  readonly name: string;
}

export interface EntryOptions {
  readonly holder: Holder;
  /** The name under which the process holds the grant. */
  readonly name: string;
  /** What was granted, in words for the owner. */
  readonly label: string;
  /** What narrows the grant, one sentence each. */
  readonly restrictions?: readonly string[];
  /** The entry that it was granted through; without one, the owner granted it. */
  readonly via?: Entry | undefined;
  /** Whether every image has it, so that nobody had to give it; false by default. */
  readonly basic?: boolean;
  /** The grant also ends with any of these. */
  readonly lifetimes?: readonly Lifetime[];
}

/** An entry as a value. */
export interface EntryRecord {
  /** Ascending from 1; never reused. */
  readonly id: number;
  readonly pid: number;
  readonly holder: string;
  readonly name: string;
  readonly label: string;
  readonly restrictions: readonly string[];
  /** The id of the entry that it was granted through; 0 for the owner. */
  readonly via: number;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
  readonly uses: number;
  readonly refusals: number;
  /** The last refusal; empty for none. */
  readonly lastRefusal: string;
  /** Whether every image has it, so that nobody had to give it. */
  readonly basic: boolean;
}

/** How a membrane reports calls. */
export interface UseCounter {
  used(): void;
  /** @param rule the method that was called and the rule that refused it, without argument values */
  refused(rule: string): void;
}

/** One grant to one process. */
export interface Entry extends UseCounter {
  readonly id: number;
  readonly holder: Holder;
  /** Ends when the entry is revoked, and with the lifetimes that it was entered with. */
  readonly lifetime: Lifetime;
  readonly record: EntryRecord;
  /** The entry of the grant through which a call was made; this entry if the call crossed no grant. */
  of(call: { readonly through?: Crossing | undefined }): Entry;
}

export interface Account {
  /** Entries in the order of their ids. */
  readonly entries: readonly EntryRecord[];
  /** @throws {Exception} `overloaded` when the process has too many entries. */
  enter(options: EntryOptions): Entry;
  /** Records that an entry's capabilities were handed out through this boundary. */
  bind(boundary: object, entry: Entry): void;
  /** The entry of a boundary, if it has one. */
  find(boundary: object): Entry | undefined;
  /** Removes the entries of a process that has ended, and what was granted through them. */
  leave(pid: number): void;
  /**
   * Ends the grant and everything granted through it.
   *
   * @returns `holder: name` of each grant that was alive until now, the revoked one first; empty for an unknown id
   */
  revoke(id: number): readonly string[];
  /** Calls back after each change other than a use. @returns stops the callbacks */
  watch(changed: () => void): () => void;
  /** The latest events as JSON, one in each line, oldest first. */
  readonly log: string;
}

/** Lines of the log that are kept. */
const LOG_LINES = 1000;
/** Longer texts are cut, since the starter of a process chooses them. */
const TEXT_LENGTH = 200;
const RESTRICTION_LIMIT = 32;
/** Maximum number of entries of one process. */
const ENTRY_LIMIT = 1024;

export function createAccount(nowMs: () => number): Account {
  const entries = new Map<number, AccountEntry>();
  /** Number of entries by process id. */
  const counts = new Map<number, number>();
  const watchers = new Set<() => void>();
  const bound = new WeakMap<object, Entry>();
  const lines: string[] = [];
  let nextId = 1;
  const changed = (): void => {
    for (const watcher of watchers) watcher();
  };
  const write = (event: string, { record }: Entry, more?: object): void => {
    const { id, pid, holder, name, label, via } = record;
    lines.push(JSON.stringify({ ms: nowMs(), event, id, pid, holder, name, label, via, ...more }));
    if (lines.length > LOG_LINES) lines.shift();
  };
  const remove = (entry: AccountEntry, event: string): void => {
    if (!entries.delete(entry.id)) return;
    const { pid } = entry.holder;
    const left = (counts.get(pid) ?? 1) - 1;
    if (left === 0) counts.delete(pid);
    else counts.set(pid, left);
    write(event, entry, { uses: entry.record.uses });
  };
  const removeDead = (event: string): void => {
    for (const entry of entries.values()) {
      if (entry.revoker.lifetime.ended !== undefined) remove(entry, event);
    }
  };
  return {
    get entries() {
      return [...entries.values()].map(({ record }) => record);
    },
    enter(options) {
      const { pid } = options.holder;
      const held = counts.get(pid) ?? 0;
      if (held >= ENTRY_LIMIT) {
        throw new Exception("overloaded", `Cannot grant: the process holds ${held} grants already`);
      }
      counts.set(pid, held + 1);
      const entry = new AccountEntry(nextId++, options, nowMs(), {
        // Only powers of two are logged: the first uses are, and a million uses take twenty lines.
        used: (uses) => (uses & (uses - 1)) === 0 && write("used", entry, { uses }),
        refused(rule, refusals) {
          if ((refusals & (refusals - 1)) === 0) write("refused", entry, { rule, refusals });
          changed();
        },
        of: ({ through }) =>
          boundariesOf(through).reduce<Entry>(
            (inner, boundary) => bound.get(boundary) ?? inner,
            entry,
          ),
      });
      entries.set(entry.id, entry);
      write("granted", entry, { restrictions: entry.record.restrictions });
      // The entry that it is granted through may have been revoked already.
      if (entry.revoker.lifetime.ended !== undefined) remove(entry, "ended");
      changed();
      return entry;
    },
    bind: (boundary, entry) => void bound.set(boundary, entry),
    find: (boundary) => bound.get(boundary),
    leave(pid) {
      let hasLeft = false;
      for (const entry of entries.values()) {
        if (entry.holder.pid !== pid) continue;
        hasLeft = true;
        entry.revoker.revoke();
      }
      if (!hasLeft) return;
      removeDead("ended");
      changed();
    },
    revoke(id) {
      const dead = entries.get(id)?.revoker.revoke() ?? [];
      if (dead.length === 0) return dead;
      removeDead("revoked");
      changed();
      return dead;
    },
    watch(watcher) {
      const own = (): void => watcher();
      watchers.add(own);
      return () => void watchers.delete(own);
    },
    get log() {
      return lines.map((line) => `${line}\n`).join("");
    },
  };
}

/** The part of the account that its entries use. */
interface EntryKeeper {
  used(uses: number): void;
  refused(rule: string, refusals: number): void;
  of: Entry["of"];
}

const cut = (text: string): string => text.slice(0, TEXT_LENGTH);

class AccountEntry implements Entry {
  readonly id: number;
  readonly holder: Holder;
  readonly revoker: Revoker;
  readonly lifetime: Lifetime;
  readonly #options: EntryOptions;
  readonly #sinceMs: number;
  readonly #keeper: EntryKeeper;
  #uses = 0;
  #refusals = 0;
  #lastRefusal = "";

  constructor(id: number, options: EntryOptions, sinceMs: number, keeper: EntryKeeper) {
    const { holder, name, via, lifetimes = [] } = options;
    this.id = id;
    this.holder = holder;
    const label = `${cut(holder.name)}: ${cut(name)}`;
    this.revoker = via instanceof AccountEntry ? via.revoker.derive(label) : createRevoker(label);
    // A grant ends with the entry that it was granted through, however that one ends.
    const inherited = via === undefined ? [] : [via.lifetime];
    this.lifetime =
      joinLifetimes([this.revoker.lifetime, ...inherited, ...lifetimes]) ?? this.revoker.lifetime;
    this.#options = options;
    this.#sinceMs = sinceMs;
    this.#keeper = keeper;
  }

  used(): void {
    this.#keeper.used(++this.#uses);
  }

  refused(rule: string): void {
    this.#refusals++;
    this.#lastRefusal = rule.slice(0, TEXT_LENGTH);
    this.#keeper.refused(this.#lastRefusal, this.#refusals);
  }

  of(call: { readonly through?: Crossing | undefined }): Entry {
    return this.#keeper.of(call);
  }

  get record(): EntryRecord {
    const { name, label, restrictions = [], via, basic = false } = this.#options;
    return {
      id: this.id,
      pid: this.holder.pid,
      holder: cut(this.holder.name),
      name: cut(name),
      label: cut(label),
      restrictions: restrictions.slice(0, RESTRICTION_LIMIT).map(cut),
      via: via?.id ?? 0,
      sinceMs: this.#sinceMs,
      uses: this.#uses,
      refusals: this.#refusals,
      lastRefusal: this.#lastRefusal,
      basic,
    };
  }
}
