/**
 * What the processes of one session hold, and what of that the visitor has given; knows no document.
 *
 * The kernel's account has an entry for each grant, the page a record for each answer. They meet by process and label, so
 * no two answers of a session have the same label.
 */
import { computed, signal as createSignal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { Exception } from "#base";
import { serve } from "#capnp";
import { AccountWatcher } from "#schema";
import type { Account, AccountEntry, Run } from "#schema";

/** What the visitor has given once. */
export interface Given {
  readonly label: string;
  /** Whether it was revoked. */
  readonly isOver: boolean;
  /** Under which id it is kept for later runs. @throws {Exception} `failed` when it was revoked meanwhile. */
  keptAs(id: number): void;
}

export interface Held {
  /** In the order of their ids. */
  readonly entries: ReadonlySignal<readonly AccountEntry[]>;
  /** How many of them somebody has given: not what every image has. */
  readonly givenCount: ReadonlySignal<number>;
  /** Notes that a process is given something. @throws {Exception} `failed` when its kept grant was revoked. */
  give(pid: number, label: string, keptId?: number): Given;
  /** Follows the account of a run until the signal fires. */
  follow(run: Run, until: AbortSignal): void;
  /** Reads the entries again; the account does not report uses. */
  refresh(): Promise<void>;
  /** Revokes an entry with all that was granted through it, and first the tokens by which it could return. */
  revoke(id: number): Promise<void>;
  /** Revokes what lives of a kept grant, now or from the next entry on. */
  endKept(keptId: number): void;
  /** The events of the run as lines of JSON; after its end, those until then. */
  readLog(): Promise<string>;
}

const LABEL_LENGTH = 180;

interface Answer {
  readonly pid: number;
  readonly label: string;
  keptId: number | undefined;
  isOver: boolean;
}

/** @param forget removes a kept grant */
export function createHeld(forget: (keptId: number) => Promise<void>): Held {
  const entries = createSignal<readonly AccountEntry[]>([]);
  const answers: Answer[] = [];
  const overIds = new Set<number>();
  let account: Account | undefined;
  let log = "";

  const findAnswer = ({ pid, label }: AccountEntry): Answer | undefined =>
    answers.find((answer) => answer.pid === pid && answer.label === label);
  const accept = (list: readonly AccountEntry[]): void => {
    entries.value = list.map((entry) => ({ ...entry }));
    for (const entry of list) {
      // It was revoked before the kernel had entered it.
      if (findAnswer(entry)?.isOver === true) void account?.revoke(entry.id).catch(() => undefined); // the run has ended
    }
  };
  const watch = async (run: Run, until: AbortSignal): Promise<void> => {
    using stack = new DisposableStack();
    const results = stack.use(run.account());
    account = results.account;
    stack.defer(() => {
      account = undefined;
      entries.value = [];
    });
    const watcher = stack.use(serve(AccountWatcher, { changed: accept }));
    const watching = stack.use(account.watch(watcher));
    const over = Promise.withResolvers<void>();
    until.addEventListener("abort", () => over.resolve(), { once: true });
    await watching;
    if (!until.aborted) await over.promise;
  };
  const held: Held = {
    entries,
    givenCount: computed(() => entries.value.filter(({ basic }) => !basic).length),
    give(pid, wanted, keptId) {
      if (keptId !== undefined && overIds.has(keptId)) throw revoked(wanted);
      const label = toUnique(wanted, answers);
      const answer: Answer = { pid, label, keptId, isOver: false };
      answers.push(answer);
      return {
        label,
        get isOver() {
          return answer.isOver;
        },
        keptAs(id) {
          answer.keptId = id;
          if (answer.isOver) throw revoked(label);
        },
      };
    },
    follow(run, until) {
      watch(run, until).catch(() => undefined); // the kernel has ended
    },
    async refresh() {
      const snapshot = await account?.snapshot();
      if (snapshot !== undefined) accept(snapshot.entries);
    },
    async revoke(id) {
      const over = entries.value
        .filter((entry) => isGrantedThrough(entry, id, entries.value))
        .flatMap((entry) => findAnswer(entry) ?? []);
      for (const answer of over) answer.isOver = true;
      const keptIds = over.flatMap(({ keptId }) => keptId ?? []);
      await Promise.all(keptIds.map((keptId) => forget(keptId)));
      await account?.revoke(id);
    },
    endKept(keptId) {
      overIds.add(keptId);
      const over = answers.filter((answer) => answer.keptId === keptId);
      for (const answer of over) answer.isOver = true;
      if (over.length > 0) void held.refresh().catch(() => undefined); // the run has ended
    },
    async readLog() {
      const lines = await account?.log().then(
        (results) => results.lines,
        () => undefined, // the run has ended
      );
      return (log = lines ?? log);
    },
  };
  return held;
}

/** The same text, or with a number behind. */
function toUnique(wanted: string, answers: readonly Answer[]): string {
  const text = wanted.slice(0, LABEL_LENGTH);
  const taken = new Set(answers.map(({ label }) => label));
  let label = text;
  for (let count = 2; taken.has(label); count++) label = `${text} (${count})`;
  return label;
}

function isGrantedThrough(entry: AccountEntry, id: number, all: readonly AccountEntry[]): boolean {
  let at: AccountEntry | undefined = entry;
  // An entry is granted through an older one.
  while (at !== undefined && at.id > id) {
    const via: number = at.via;
    at = all.find((other) => other.id === via);
  }
  return at?.id === id;
}

function revoked(label: string): Exception {
  return new Exception("failed", `"${label}" was revoked`);
}
