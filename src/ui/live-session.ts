/** What runs in another tab, as a session of this page. */
import { batch, signal as createSignal } from "@preact/signals";
import { Exception, sleep, toMessage } from "#base";
import type { Outcome } from "#base";
import { cast, dup } from "#capnp";
import type { Client } from "#capnp";
import { readPieces, writePieces } from "#caps";
import { HttpHandler, SharedTerminal } from "#schema";
import type { Limits, Live, ProcessEntry, Stage } from "#schema";
import { createHeld } from "./held.ts";
import type { LiveLink } from "./live-link.ts";
import { createPetitions } from "./petitions.ts";
import { toPieces } from "./session.ts";
import type { Session, SessionPowers, SessionTerminal } from "./session.ts";
import { describeLive, LIVE_WORDS } from "./words.ts";

type Powers<Terminal extends SessionTerminal> = Pick<
  SessionPowers<Terminal>,
  "openLive" | "openTerminal" | "granting" | "clock"
>;

/** How long to wait until what does not run is asked for again. */
const RETRY_MS = 2000;
/** Of what the other tab says of itself. */
const TEXT_LENGTH = 300;

/** Opens a link to what runs elsewhere, and shows it until it ends. */
export function startLiveSession<Terminal extends SessionTerminal>(
  link: LiveLink,
  { openLive, openTerminal, granting, clock }: Powers<Terminal>,
): Session<Terminal> {
  const stop = new AbortController();
  const { signal } = stop;
  const ending = new AbortController();
  const stage = createSignal<Stage>({ which: "opening", opening: undefined });
  const note = createSignal<string>(LIVE_WORDS.looking);
  const outcome = createSignal<Outcome | undefined>(undefined);
  const held = createHeld(async () => undefined);
  // The keys are the other tab's.
  const terminal = openTerminal(() => undefined, { isRaw: true });
  signal.addEventListener("abort", () => terminal.discard(), { once: true });
  let exported: Client | undefined;

  const open = async (): Promise<Live> => {
    for (;;) {
      signal.throwIfAborted();
      try {
        return await openLive(link, { signal });
      } catch (error) {
        signal.throwIfAborted();
        if (!isNotRunning(error)) throw error;
        note.value = LIVE_WORDS.notRunning;
        await sleep(RETRY_MS, signal);
      }
    }
  };
  const follow = async (): Promise<Outcome> => {
    const { cap, tie, kind, label, image } = await open();
    using client = cap;
    using held = tie;
    const over = held.wait({ signal });
    over.then(undefined, () => undefined); // awaited below, or of no use any more
    batch(() => {
      stage.value = { which: "running", running: undefined };
      note.value = describeLive(kind, label.slice(0, TEXT_LENGTH), image);
    });
    if (kind === "export") {
      exported = client;
      await over;
    } else {
      const shown = showTerminal(cast(dup(client), SharedTerminal), kind === "terminal");
      try {
        await Promise.race([shown, over]);
      } finally {
        // The other tab may go on.
        ending.abort(new Exception("failed", LIVE_WORDS.over));
      }
    }
    return { type: "killed", reason: LIVE_WORDS.over };
  };
  const showTerminal = async (given: SharedTerminal, hasKeys: boolean): Promise<void> => {
    using shared = given;
    const until = AbortSignal.any([signal, ending.signal]);
    using output = await shared.output({ signal: until });
    if (hasKeys) {
      const input = await shared.input({ signal: until });
      const stream = dup(input.stream);
      input[Symbol.dispose]();
      void writePieces(stream, toPieces(terminal.input))
        .catch(() => undefined) // the link has ended
        .finally(() => stream[Symbol.dispose]());
    }
    await terminal.show(readPieces(output.stream, undefined, { signal: until }));
  };
  const ended = follow()
    .catch((error: unknown): Outcome => {
      if (signal.aborted) return { type: "killed", reason: toMessage(signal.reason) };
      return { type: "failed", reason: explain(error, stage.value.which === "running") };
    })
    .then((end) => {
      exported = undefined;
      terminal.detach();
      batch(() => {
        note.value = "";
        outcome.value = end;
      });
      return end;
    });
  return {
    path: link.path,
    layers: [],
    args: [],
    terminal,
    stage,
    processes: createSignal<readonly ProcessEntry[]>([]),
    limits: createSignal<Limits | undefined>(undefined),
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

/** The other tab is there, and has said so. @see LiveDoor */
function isNotRunning(error: unknown): boolean {
  return (
    error instanceof Exception &&
    error.kind === "disconnected" &&
    /does not run now/.test(error.message)
  );
}

function explain(error: unknown, wasOpen: boolean): string {
  const text = toMessage(error);
  if (text.includes("target-revoked")) return LIVE_WORDS.revoked;
  const isGone = wasOpen && error instanceof Exception && error.kind === "disconnected";
  return isGone ? LIVE_WORDS.gone : text.slice(0, TEXT_LENGTH);
}
