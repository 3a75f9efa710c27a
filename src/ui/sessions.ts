/** The page's list of sessions, one of which is selected. Knows no document. */
import { batch, signal as createSignal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { serve } from "#capnp";
import { RunWatcher } from "#schema";
import type { RunEntry } from "#schema";
import type { LinkedImage, PageKernel } from "./powers.ts";
import type { LiveLink } from "./live-link.ts";
import { startLiveSession } from "./live-session.ts";
import { startSession } from "./session.ts";
import type { Session, SessionPowers, SessionTerminal } from "./session.ts";
import { WORDS } from "./words.ts";

export interface Sessions<Terminal extends SessionTerminal = SessionTerminal> {
  readonly list: ReadonlySignal<ReadonlyArray<Session<Terminal>>>;
  /** The selected session; `undefined` when the next image opens beside the others. */
  readonly selected: ReadonlySignal<Session<Terminal> | undefined>;
  /** Stops the selected session and opens an image in its place. */
  open(link: LinkedImage | LiveLink): Session<Terminal>;
  /** Selects another session, or none. */
  select(session: Session<Terminal> | undefined): void;
  /** Stops a session and removes it from the list. */
  close(session: Session<Terminal>, reason?: string): void;
}

type Seen = Pick<RunEntry, "stage" | "processes">;

/** The run entries of one kernel. */
interface WatchedKernel {
  readonly latest: Map<number, Seen>;
  readonly listeners: Map<number, (entry: Seen) => void>;
  watching?: Disposable;
}

export function createSessions<Terminal extends SessionTerminal>(
  powers: Omit<SessionPowers<Terminal>, "watch">,
): Sessions<Terminal> {
  const list = createSignal<ReadonlyArray<Session<Terminal>>>([]);
  const selected = createSignal<Session<Terminal> | undefined>(undefined);
  const kernels = new WeakMap<PageKernel, WatchedKernel>();

  const watch: SessionPowers<Terminal>["watch"] = (kernel, id, changed, until) => {
    const known = kernels.get(kernel) ?? watchKernel(kernel);
    kernels.set(kernel, known);
    known.listeners.set(id, changed);
    until.addEventListener("abort", () => known.listeners.delete(id), { once: true });
    const latest = known.latest.get(id);
    if (latest !== undefined) changed(latest);
  };
  const remove = (session: Session<Terminal>, reason: string): void => {
    session.stop(reason);
    session.terminal[Symbol.dispose]();
  };
  return {
    list,
    selected,
    open(link) {
      const before = selected.value;
      if (before !== undefined) remove(before, WORDS.stoppedForAnother);
      const kernel: typeof powers.kernel = async (waiting) => {
        // Waits for the previous session to release its memory.
        await before?.ended;
        return powers.kernel(waiting);
      };
      const session =
        "token" in link
          ? startLiveSession(link, powers)
          : startSession(link, { ...powers, kernel, watch });
      batch(() => {
        const others = list.value;
        list.value =
          before === undefined
            ? [...others, session]
            : others.map((other) => (other === before ? session : other));
        selected.value = session;
      });
      return session;
    },
    select: (session) => void (selected.value = session),
    close(session, reason = WORDS.stopped) {
      remove(session, reason);
      batch(() => {
        list.value = list.value.filter((other) => other !== session);
        if (selected.value === session) selected.value = undefined;
      });
    },
  };
}

/** Watches the runs of a kernel until it ends. */
function watchKernel({ owner }: PageKernel): WatchedKernel {
  const watched: WatchedKernel = { latest: new Map(), listeners: new Map() };
  const watching = owner.watch(
    serve(RunWatcher, {
      changed({ id, stage, processes }) {
        const seen = { stage, processes };
        watched.latest.set(id, seen);
        watched.listeners.get(id)?.(seen);
      },
      gone: (id) => void watched.latest.delete(id),
    }),
  );
  // Keeps the watch from being garbage collected.
  watching.then(
    (results) => (watched.watching = results),
    () => undefined, // the kernel has ended
  );
  return watched;
}
