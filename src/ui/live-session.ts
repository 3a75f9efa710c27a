/** What runs in another tab, as a session of this page. */
import { batch, signal as createSignal } from "@preact/signals";
import { Exception, toMessage, whenAborted } from "#base";
import type { Outcome } from "#base";
import { cast, dup } from "#capnp";
import type { Client } from "#capnp";
import { readPieces } from "#caps";
import { HttpHandler, SharedTerminal } from "#schema";
import type { ByteStream, Limits, Live, LiveEnd, ProcessEntry, Stage } from "#schema";
import type { ShownActivity } from "./activity.ts";
import { createHeld } from "./held.ts";
import type { LiveLink, OpenedLink } from "./live-link.ts";
import { createPetitions } from "./petitions.ts";
import { toPieces } from "./session.ts";
import type { Session, SessionPowers, SessionTerminal } from "./session.ts";
import { describeLive, LIVE_WORDS } from "./words.ts";

type Powers<Terminal extends SessionTerminal> = Pick<
  SessionPowers<Terminal>,
  "openLive" | "openTerminal" | "granting" | "clock" | "after" | "nameImage"
>;

/** How long to wait until the other tab is asked again. */
const RETRY_MS = 2000;
/** How long what is shown may have ended before its reason arrives. */
const REASON_MS = 1000;
/** Of what the other tab says of itself. */
const TEXT_LENGTH = 300;

type Absence = Exclude<OpenedLink["state"], "open"> | "unreachable";

/** For how long the other tab is asked again, from when it was first found in this state; and what is said after that. */
const PATIENCE: Readonly<Record<Absence, { readonly limitMs: number; readonly end: string }>> = {
  idle: { limitMs: 600_000, end: LIVE_WORDS.stillIdle },
  // A tab that is loaded again takes its links up one after the other.
  silent: { limitMs: 20_000, end: LIVE_WORDS.unshared },
  unknown: { limitMs: 20_000, end: LIVE_WORDS.unknown },
  unreachable: { limitMs: 120_000, end: "" },
};

/** Opens a link to what runs elsewhere, and shows it until it ends. While the other tab is away, it is looked for again. */
export function startLiveSession<Terminal extends SessionTerminal>(
  link: LiveLink,
  { openLive, openTerminal, granting, clock, after, nameImage }: Powers<Terminal>,
): Session<Terminal> {
  const stop = new AbortController();
  const { signal } = stop;
  const stage = createSignal<Stage>({ which: "opening", opening: undefined });
  const note = createSignal<string>(LIVE_WORDS.looking);
  const outcome = createSignal<Outcome | undefined>(undefined);
  const image = createSignal("");
  const held = createHeld(async () => undefined);
  // The keys are the other tab's.
  const terminal = openTerminal(() => undefined, { isRaw: true });
  signal.addEventListener("abort", () => terminal.discard(), { once: true });
  let exported: Client | undefined;
  /**
   * Where keys go. They wait while a link is being opened, and go nowhere while the other tab is away: the program that
   * comes back may be another one.
   */
  let keys = Promise.withResolvers<ByteStream | undefined>();

  const pause = (ms: number, until: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (until.aborted) return resolve();
      const forget = whenAborted(until, resolve);
      const done = (): void => {
        forget();
        resolve();
      };
      after(ms, done, until);
    });
  /** @param isBack whether the link was open before, so that the other tab may only be away */
  const find = async (isBack: boolean): Promise<Live> => {
    let absence: Absence | undefined;
    let sinceMs = 0;
    for (;;) {
      signal.throwIfAborted();
      let failure: unknown;
      const opened = await openLive(link, { signal }).catch((error: unknown) => {
        signal.throwIfAborted();
        if (!isBack || !isDisconnected(error)) throw error;
        failure = error;
        return { state: "unreachable" } as const;
      });
      if (opened.state === "open") return opened.live;
      if (opened.state !== absence) sinceMs = clock.nowMs();
      absence = opened.state;
      const { limitMs, end } = PATIENCE[absence];
      const isFinal = !isBack && absence === "unknown";
      if (isFinal || clock.nowMs() - sinceMs >= limitMs) {
        throw failure instanceof Error ? failure : new Exception("failed", end);
      }
      note.value =
        absence === "idle" || absence === "silent"
          ? LIVE_WORDS[absence]
          : isBack
            ? LIVE_WORDS.lost
            : LIVE_WORDS.looking;
      await pause(RETRY_MS, signal);
    }
  };
  const showTerminal = async (
    shared: SharedTerminal,
    hasKeys: boolean,
    until: AbortSignal,
  ): Promise<void> => {
    using output = await shared.output({ signal: until });
    using input = hasKeys ? await shared.input({ signal: until }) : undefined;
    keys.resolve(input?.stream);
    await terminal.show(readPieces(output.stream, undefined, { signal: until }));
  };
  /** Resolves with the reason of the end; `lost` if the other tab is away. */
  const show = async ({ cap, tie, kind }: Live): Promise<LiveEnd | "lost"> => {
    using client = cap;
    using known = tie;
    const over = new AbortController();
    const until = AbortSignal.any([signal, over.signal]);
    const ended = known.wait({ signal: until }).then(({ end }) => end);
    if (kind === "export") {
      keys.resolve(undefined);
      exported = client;
      try {
        return await ended;
      } finally {
        exported = undefined;
      }
    }
    using shared = cast(dup(client), SharedTerminal);
    const shown = showTerminal(shared, kind === "terminal", until).then(
      () => undefined,
      () => undefined, // `ended` has the reason
    );
    try {
      const silent = shown.then(() => pause(REASON_MS, until)).then(() => "lost" as const);
      return await Promise.race([ended, silent]);
    } finally {
      // The other tab may go on.
      over.abort(new Exception("failed", LIVE_WORDS.stopped));
      await shown;
      keys.resolve(undefined);
    }
  };
  const follow = async (): Promise<Outcome> => {
    let lastMs: number | undefined;
    for (;;) {
      const live = await find(lastMs !== undefined);
      const isAnew = lastMs !== undefined && live.attachedMs !== lastMs;
      const label = live.label.slice(0, TEXT_LENGTH);
      const path = live.image.slice(0, TEXT_LENGTH);
      if (lastMs !== undefined) keys = Promise.withResolvers();
      lastMs = live.attachedMs;
      batch(() => {
        image.value = path;
        stage.value = { which: "running", running: undefined };
        note.value = describeLive(live.kind, label, nameImage(path), isAnew);
      });
      const end = await show(live).catch((error: unknown) => {
        signal.throwIfAborted();
        if (!isDisconnected(error)) throw error;
        return "lost" as const;
      });
      signal.throwIfAborted();
      if (end !== "lost") return { type: "killed", reason: describeEnd(end) };
      keys = Promise.withResolvers();
      keys.resolve(undefined);
      batch(() => {
        stage.value = { which: "opening", opening: undefined };
        note.value = LIVE_WORDS.lost;
      });
      await pause(RETRY_MS, signal);
    }
  };
  const passKeys = async (): Promise<void> => {
    for await (const piece of toPieces(terminal.input)) {
      const stream = await keys.promise;
      await stream?.write(piece).then(
        () => undefined,
        () => undefined, // the link has ended, or the other tab is away
      );
    }
  };
  void passKeys(); // ends with the terminal's input
  const ended = follow()
    .catch((error: unknown): Outcome => {
      if (signal.aborted) return { type: "killed", reason: toMessage(signal.reason) };
      return { type: "failed", reason: explain(error) };
    })
    .then((end) => {
      keys.resolve(undefined);
      terminal.detach();
      batch(() => {
        note.value = "";
        outcome.value = end;
      });
      return end;
    });
  return {
    path: link.path,
    image,
    layers: [],
    args: [],
    terminal,
    stage,
    processes: createSignal<readonly ProcessEntry[]>([]),
    limits: createSignal<Limits | undefined>(undefined),
    activity: createSignal<ShownActivity | undefined>(undefined),
    note,
    petitions: createPetitions({ ...clock, held, granting }),
    held,
    outcome,
    // The node is what it begins with.
    begun: Promise.resolve(),
    ended,
    bootstrap() {
      if (exported !== undefined) return dup(exported);
      throw new Exception("disconnected", "The link does not lead to what an image exports");
    },
    handler() {
      if (exported !== undefined) return cast(exported, HttpHandler);
      throw new Exception("disconnected", "The link does not lead to what an image exports");
    },
    stop: (reason) => stop.abort(new Exception("failed", reason)),
  };
}

function isDisconnected(error: unknown): boolean {
  return error instanceof Exception && error.kind === "disconnected";
}

function describeEnd(end: LiveEnd): string {
  if (end === "closed") return LIVE_WORDS.closed;
  return end === "expired" ? LIVE_WORDS.expired : LIVE_WORDS.stopped;
}

function explain(error: unknown): string {
  // A tab with an earlier version of the page ends a link by revoking all of it.
  if (error instanceof Exception && error.refusal === "revoked") return LIVE_WORDS.closed;
  return toMessage(error).slice(0, TEXT_LENGTH);
}
