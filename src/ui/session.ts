/** One image on the page, from its link to its outcome; knows no document. */
import { batch, signal as createSignal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { encodeText, Exception, toMessage, whenAborted } from "#base";
import type { ByteSource, Outcome, Waiting } from "#base";
import { dup } from "#capnp";
import type { Client } from "#capnp";
import { readPieces, writePieces } from "#caps";
import { readOutcome } from "#kernel";
import type { ByteStream, HttpHandler, Limits, ProcessEntry, Run, RunEntry, Stage } from "#schema";
import { watchActivity } from "./activity.ts";
import type { ShownActivity } from "./activity.ts";
import type { Granting } from "./granting.ts";
import { createHeld } from "./held.ts";
import type { Held } from "./held.ts";
import type { LiveLink, OpenedLink } from "./live-link.ts";
import { createPetitions } from "./petitions.ts";
import type { Petitions } from "./petitions.ts";
import type { LinkedImage, NamedImage, PageClock, PrefetchOptions, PageKernel } from "./powers.ts";
import type { SharedScreen } from "./sharing.ts";
import { WORDS } from "./words.ts";

/** A session's terminal. Disposing removes it. */
export interface SessionTerminal extends SharedScreen, Disposable {
  /** Typed input, from the start of the session; ends with Ctrl-D. */
  readonly input: ByteSource;
  /** Shows output; resolves when all of it is visible. Rejects with the iterable's error. */
  show(output: AsyncIterable<Uint8Array>): Promise<void>;
  /** Drops all further output. */
  discard(): void;
  /** Ignores further keys. */
  detach(): void;
}

export interface Session<Terminal extends SessionTerminal = SessionTerminal> {
  /** The path of its link. */
  readonly path: string;
  /** The path of the image's link, which differs for what runs in another tab; empty until it is known. */
  readonly image: ReadonlySignal<string>;
  /** The image's layers, base first, by their CIDs once its names are resolved; none of what runs in another tab. */
  readonly layers: readonly string[];
  readonly args: readonly string[];
  readonly terminal: Terminal;
  readonly stage: ReadonlySignal<Stage>;
  /** The live processes. */
  readonly processes: ReadonlySignal<readonly ProcessEntry[]>;
  /** Limits of its processes, once known. */
  readonly limits: ReadonlySignal<Limits | undefined>;
  /** What it does while it shows nothing, or for others; `undefined` while there is nothing to say. */
  readonly activity: ReadonlySignal<ShownActivity | undefined>;
  /** A short-lived message, shown instead of the stage. */
  readonly note: ReadonlySignal<string>;
  /** What its processes ask for. */
  readonly petitions: Petitions;
  /** What its processes hold. */
  readonly held: Held;
  /** The outcome, once the run has ended and all output is shown. */
  readonly outcome: ReadonlySignal<Outcome | undefined>;
  /**
   * Resolves when something of it is on the terminal, and at the latest when it has ended, or all that it needs has been here for
   * two seconds.
   */
  readonly begun: Promise<void>;
  /** Resolves with the outcome. */
  readonly ended: Promise<Outcome>;
  /** The bootstrap capability of its first process, which the caller disposes. @throws {Exception} unless it runs */
  bootstrap(): Client;
  /** What it serves over HTTP, which the caller disposes. @throws {Exception} unless it runs */
  handler(): HttpHandler;
  /** Stops the session at any stage. The reason becomes the outcome's. */
  stop(reason: string): void;
}

export interface TerminalOptions {
  /** Whether keys are passed on as they are typed, without echo and line editing. */
  readonly isRaw?: boolean;
}

/** The powers that each session gets from the list. */
export interface SessionPowers<Terminal extends SessionTerminal> {
  readonly kernel: (waiting: Waiting) => Promise<PageKernel>;
  readonly findImage: (layers: readonly string[], waiting: Waiting) => Promise<NamedImage>;
  readonly prefetch: (image: LinkedImage, options: PrefetchOptions) => Promise<void>;
  readonly granting: () => Promise<Granting>;
  readonly clock: PageClock;
  /** Finds what a link leads to, in another tab. */
  readonly openLive: (link: LiveLink, options: Waiting) => Promise<OpenedLink>;
  /** The name of an image by the path of its link; a short CID if it has none. */
  readonly nameImage: (path: string) => string;
  /** @param onInterrupt called on Ctrl-C, with whether it follows another one within a second */
  readonly openTerminal: (
    onInterrupt: (again: boolean) => void,
    options?: TerminalOptions,
  ) => Terminal;
  /** Calls back with a run's entry, now and at each change, until the signal fires. */
  readonly watch: (
    kernel: PageKernel,
    id: number,
    changed: (entry: Pick<RunEntry, "stage" | "processes">) => void,
    until: AbortSignal,
  ) => void;
  /** Calls back after a delay, unless the signal has fired. */
  readonly after: (ms: number, action: () => void, until: AbortSignal) => void;
}

/** A run usually ends within milliseconds of `stop`; beyond this limit the kernel is terminated. */
const STOP_LIMIT_MS = 3000;
const NOTE_MS = 1500;
/** How long a program may say nothing, or a visitor a petition, before what is not needed may be loaded. */
const SILENT_MS = 2000;
const INPUT_BYTES = 64 * 1024;

/** Opens an image and runs it on its own terminal. */
export function startSession<Terminal extends SessionTerminal>(
  image: LinkedImage,
  powers: SessionPowers<Terminal>,
): Session<Terminal> {
  const { path, args, peers } = image;
  const { kernel, findImage, prefetch, openTerminal, watch, after, granting, clock } = powers;
  let { layers } = image;
  const stop = new AbortController();
  const over = new AbortController();
  const activity = watchActivity(after);
  const stage = createSignal<Stage>({ which: "opening", opening: undefined });
  const processes = createSignal<readonly ProcessEntry[]>([]);
  const limits = createSignal<Limits | undefined>(undefined);
  const note = createSignal("");
  const outcome = createSignal<Outcome | undefined>(undefined);
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  let isHere = false;
  let running: Run | undefined;
  const loadGranting = createGrantingLoad(granting, over.signal, (id) => held.endKept(id));
  const held = createHeld(async (id) => (await loadGranting()).kept.remove(id));
  const petitions = createPetitions({ ...clock, held, granting: loadGranting });

  const terminal = openTerminal((again) => {
    if (again) return stop.abort(new Exception("failed", WORDS.stoppedByKeys));
    note.value = WORDS.interruptAgain;
    after(NOTE_MS, () => (note.value = ""), over.signal);
  });
  // Otherwise queued output would delay the end of a stopped program.
  stop.signal.addEventListener("abort", () => terminal.discard(), { once: true });

  const runOn = async (found: PageKernel, named: NamedImage): Promise<Outcome> => {
    stop.signal.throwIfAborted();
    const { owner, lost } = found;
    using booting = owner.boot({
      layers: named.layers,
      args,
      peers,
      terminal: { stdin: true, stdout: true, stderr: true },
      chooser: petitions.chooser,
    });
    const { run } = booting;
    using stopping = new DisposableStack();
    stopping.defer(
      whenAborted(stop.signal, () => {
        const reason = toMessage(stop.signal.reason);
        run.stop(reason).catch(() => undefined); // the run or the kernel has ended
        after(STOP_LIMIT_MS, () => found.abandon(), over.signal);
      }),
    );
    const failed = lost.then((reason) => Promise.reject(reason));
    // The results hold a reference to the run of their own; while it has one, the kernel keeps it.
    using booted = await Promise.race([booting, failed]);
    watch(
      found,
      booted.id,
      (entry) => {
        batch(() => {
          stage.value = entry.stage;
          processes.value = entry.processes;
        });
        const { which } = entry.stage;
        if (isHere || (which !== "preparing" && which !== "running")) return;
        isHere = true;
        after(SILENT_MS, begin, over.signal);
      },
      over.signal,
    );
    run.limits().then(
      (results) => (limits.value = results.limits),
      () => undefined, // `wait` fails with the same reason
    );
    held.follow(run, over.signal);
    named.follow((head) => {
      layers = [...layers.slice(0, -1), head];
      return run.advance(encodeText(head));
    }, over.signal);
    running = run;
    activity.follow(run, over.signal);
    const shown = connectTerminal(terminal, run, () => {
      begin();
      activity.heard();
    });
    const { outcome: end } = await Promise.race([run.wait(), failed]);
    await Promise.race([held.readLog(), failed]);
    if (!stop.signal.aborted) await Promise.race([shown, failed]);
    return readOutcome(end);
  };
  const runToEnd = async (): Promise<Outcome> => {
    let lost: Promise<Exception> | undefined;
    try {
      const { signal } = stop;
      const named = await findImage(image.layers, { signal });
      layers = named.layers;
      const opening = prefetch(
        { ...image, layers },
        {
          signal: AbortSignal.any([signal, over.signal]),
          onProgress: (fetching) => (stage.value = { which: "fetching", fetching }),
        },
      );
      // The image is open, and the kernel is still loading.
      void opening.then(() => {
        if (stage.value.which === "fetching" && !stop.signal.aborted)
          stage.value = { which: "preparing", preparing: undefined };
      });
      const found = await kernel({ signal });
      lost = found.lost;
      return await runOn(found, named);
    } catch (error) {
      if (stop.signal.aborted) return { type: "killed", reason: toMessage(stop.signal.reason) };
      // The loss of the kernel is the cause of the failed call.
      const reason =
        lost === undefined ? error : await Promise.race([lost, Promise.resolve(error)]);
      return { type: "failed", reason: toMessage(reason) };
    }
  };
  const ended = runToEnd().then((end) => {
    running = undefined;
    over.abort();
    begin();
    terminal.detach();
    batch(() => {
      note.value = "";
      processes.value = [];
      outcome.value = end;
    });
    return end;
  });
  return {
    path,
    image: createSignal(path),
    get layers() {
      return layers;
    },
    args,
    terminal,
    stage,
    processes,
    limits,
    activity: activity.shown,
    note,
    petitions,
    held,
    outcome,
    begun,
    ended,
    bootstrap() {
      if (running === undefined) throw new Exception("disconnected", `"${path}" does not run`);
      using results = running.bootstrap();
      return dup(results.cap);
    },
    handler() {
      if (running === undefined) throw new Exception("disconnected", `"${path}" does not run`);
      using results = running.handler("");
      return dup(results.handler);
    },
    stop: (reason) => stop.abort(new Exception("failed", reason)),
  };
}

/** @param end called with the id of each kept grant that was removed, until the signal fires */
function createGrantingLoad(
  granting: () => Promise<Granting>,
  until: AbortSignal,
  end: (keptId: number) => void,
): () => Promise<Granting> {
  let isWatching = false;
  return async () => {
    const found = await granting();
    if (isWatching || until.aborted) return found;
    isWatching = true;
    found.kept.watch((removed) => removed !== undefined && end(removed), { signal: until });
    return found;
  };
}

/** Connects the streams of a run to a terminal; resolves when all output is visible. Never rejects. @param begin called once some is */
async function connectTerminal(
  terminal: SessionTerminal,
  run: Run,
  begin: () => void,
): Promise<void> {
  using stdin = run.stdin();
  using stdout = run.stdout();
  using stderr = run.stderr();
  void feed(terminal.input, dup(stdin.stream)); // ends with either
  const show = (stream: ByteStream): Promise<void> =>
    // Output of a killed process may be cut; what arrived is shown.
    terminal.show(tellShown(readPieces(stream), begin)).catch(() => undefined);
  await Promise.all([show(stdout.stream), show(stderr.stream)]);
}

/** The pieces. A terminal has shown one when it asks for the next. */
async function* tellShown(
  pieces: AsyncIterable<Uint8Array>,
  tell: () => void,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    yield piece;
    tell();
  }
}

/** Copies input to a stream and takes ownership of it. Never rejects. */
async function feed(input: ByteSource, stream: ByteStream): Promise<void> {
  using own = stream;
  // A failed write means that the program has closed its input.
  await writePieces(own, toPieces(input)).catch(() => undefined);
}

export async function* toPieces(input: ByteSource): AsyncGenerator<Uint8Array> {
  for (let bytes; (bytes = await input.read(INPUT_BYTES)) !== undefined;) yield bytes;
}
