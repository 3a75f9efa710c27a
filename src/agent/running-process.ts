/**
 * A process with any number of clients, which attach and detach.
 *
 * Its output is always read, so that it does not block while no client is attached; that output is lost. Attached clients hold
 * it back while they read, and are cut off when they do not.
 */
import { Code, ConnectError } from "@connectrpc/connect";
import { createSequence, toException, toMessage, untilAborted } from "#base";
import { readPieces } from "#caps";
import type { ByteStream, Exit, SandboxProcess } from "#schema";
import { BOUNDS } from "./bounds.ts";
import { toConnectError } from "./errors.ts";
import { EventQueue } from "./event-queue.ts";
import type { AgentPowers } from "./powers.ts";

export type OutputKind = "stdout" | "stderr" | "pty";

export interface End {
  readonly exitCode: number;
  readonly exited: boolean;
  readonly status: string;
  readonly error?: string;
}

export type ProcessOutput =
  | { readonly type: "data"; readonly kind: OutputKind; readonly bytes: Uint8Array }
  | { readonly type: "end"; readonly end: End };

export interface RunningProcess extends Disposable {
  readonly pid: number;
  readonly tag: string | undefined;
  /** The output from now on, then the end. @throws {ConnectError} `resource_exhausted` when too many are attached */
  attach(): EventQueue<ProcessOutput>;
  detach(queue: EventQueue<ProcessOutput>): void;
  /** Calls back once; without an end if the agent or the sandbox ended first. */
  onEnd(tell: (end: End | undefined) => void): void;
  /** Writes are carried out in the order of the calls. @throws {ConnectError} when the process has no such input */
  write(kind: "stdin" | "pty", bytes: Uint8Array, signal: AbortSignal): Promise<void>;
  /** @throws {ConnectError} when the process has a terminal. */
  closeStdin(signal: AbortSignal): Promise<void>;
  signal(signal: 9 | 15): Promise<void>;
  /** @throws {ConnectError} when the process has no terminal. */
  resize(columns: number, rows: number): Promise<void>;
}

export interface ProcessKind {
  readonly tag: string | undefined;
  readonly hasTerminal: boolean;
  readonly hasStdin: boolean;
}

const PIECE_BYTES = 32 * 1024;
const TERMINAL_PIECE_BYTES = 16 * 1024;

/** Takes over a process whose output was not read yet; a client that attaches in this turn gets all of it. */
export function followProcess(
  process: SandboxProcess,
  pid: number,
  kind: ProcessKind,
  powers: AgentPowers,
): RunningProcess {
  const ending = new AbortController();
  const attached = new Set<EventQueue<ProcessOutput>>();
  const tellers: ((end: End | undefined) => void)[] = [];
  let opening: Promise<ByteStream> | undefined;
  let stdinClosed = !kind.hasStdin;
  let inputs = 0;
  const inTurn = createSequence();
  let isOver = false;

  const publish = async (output: ProcessOutput): Promise<void> => {
    const weight = output.type === "data" ? output.bytes.length : 0;
    for (const queue of attached) queue.push(output, weight);
    await Promise.all(
      [...attached].filter((queue) => !queue.hasRoom).map((queue) => waitFor(queue)),
    );
  };
  const waitFor = async (queue: EventQueue<ProcessOutput>): Promise<void> => {
    if (await queue.untilRoom(BOUNDS.stalledMs)) return;
    attached.delete(queue);
    const message = `output was not read for ${BOUNDS.stalledMs / 1000} s`;
    queue.cut(new ConnectError(message, Code.ResourceExhausted));
  };
  const pump = async (from: "stdout" | "stderr", as: OutputKind): Promise<void> => {
    const limit = as === "pty" ? TERMINAL_PIECE_BYTES : PIECE_BYTES;
    const call = process[from]();
    using results = await call;
    using stream = results.stream;
    for await (const piece of readPieces(stream, limit, ending)) {
      await publish({ type: "data", kind: as, bytes: piece.slice() });
    }
  };
  /** Waits for the end of the output; `BOUNDS.drainMs` at most after a kill, since children may hold the streams open. */
  const drained = async (pumps: Promise<unknown>, exit: Exit): Promise<void> => {
    if (exit.which === "code") return void (await pumps);
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const stop = powers.startTimer(BOUNDS.drainMs, resolve);
    await Promise.race([pumps, late]).finally(stop);
  };
  const finish = (end: End | undefined, failure?: Error): void => {
    if (isOver) return;
    isOver = true;
    for (const queue of attached) {
      if (end !== undefined) queue.push({ type: "end", end }, 0);
      queue.end(failure);
    }
    attached.clear();
    for (const tell of tellers) tell(end);
  };
  const run = async (): Promise<void> => {
    const pumps = Promise.all(
      kind.hasTerminal
        ? [pump("stdout", "pty")]
        : [pump("stdout", "stdout"), pump("stderr", "stderr")],
    ).catch(() => undefined); // a broken stream counts as closed: the exit of the process says the rest
    try {
      using results = await process.wait(ending);
      await drained(pumps, results.exit);
      finish(toEnd(results.exit));
    } catch (reason) {
      finish(undefined, toConnectError(toException(reason)));
    }
  };
  void run(); // never rejects: reports to attached clients

  const openStdin = (): Promise<ByteStream> => (opening ??= openStream());
  const openStream = async (): Promise<ByteStream> => (await process.stdin(ending)).stream;
  return {
    pid,
    tag: kind.tag,
    attach() {
      if (attached.size >= BOUNDS.clients) {
        const state = `${BOUNDS.clients} clients are attached to it already`;
        throw new ConnectError(`cannot attach to process ${pid}: ${state}`, Code.ResourceExhausted);
      }
      const queue = new EventQueue<ProcessOutput>(powers, BOUNDS.unreadBytes);
      if (isOver) queue.end();
      else attached.add(queue);
      return queue;
    },
    detach(queue) {
      attached.delete(queue);
      queue.end(); // a pump may wait for room in it
    },
    onEnd: (tell) => void tellers.push(tell),
    async write(as, bytes, signal) {
      requireInput(as, kind, stdinClosed);
      if (inputs >= BOUNDS.inputs) {
        const state = `${BOUNDS.inputs} inputs wait for process ${pid} already`;
        throw new ConnectError(`cannot write: ${state}`, Code.ResourceExhausted);
      }
      inputs++;
      const send = async (): Promise<void> => {
        signal.throwIfAborted();
        requireInput(as, kind, stdinClosed);
        using _ = await (await openStdin()).write(bytes, { signal });
      };
      // A terminal keeps the order itself, and lets an interrupt overtake.
      const turn = kind.hasTerminal ? send() : inTurn(send);
      try {
        await untilAborted(turn, signal);
      } catch (reason) {
        if (signal.aborted || reason instanceof ConnectError) throw reason;
        const { kind: why } = toException(reason);
        const code = why === "overloaded" ? Code.ResourceExhausted : Code.Internal;
        throw new ConnectError(`error writing to ${as}: ${toMessage(reason)}`, code);
      } finally {
        inputs--;
      }
    },
    async closeStdin(signal) {
      if (kind.hasTerminal) {
        const hint = "send Ctrl+D (0x04) instead";
        throw new ConnectError(`cannot close stdin of a process with a pty: ${hint}`, Code.Unknown);
      }
      if (stdinClosed) return;
      await untilAborted(
        inTurn(() => undefined),
        signal,
      );
      stdinClosed = true;
      using _ = await (await openStdin()).close();
    },
    async signal(signal) {
      using _ = await process.signal(signal);
    },
    async resize(columns, rows) {
      if (!kind.hasTerminal) throw new ConnectError("tty not assigned to process", Code.Internal);
      using _ = await process.resize({ columns, rows });
    },
    [Symbol.dispose]() {
      finish(undefined, new ConnectError("the agent has ended", Code.Unavailable));
      ending.abort();
      void opening?.then(
        (stdin) => stdin[Symbol.dispose](),
        () => undefined,
      );
      process[Symbol.dispose]();
    },
  };
}

function requireInput(as: "stdin" | "pty", kind: ProcessKind, stdinClosed: boolean): void {
  if (as === "pty") {
    if (!kind.hasTerminal) throw new ConnectError("tty not assigned to process", Code.Internal);
  } else if (kind.hasTerminal) {
    const message = "tty assigned to process: its input is that of the pty, not stdin";
    throw new ConnectError(message, Code.Internal);
  } else if (stdinClosed) {
    throw new ConnectError("stdin not enabled or closed", Code.Internal);
  }
}

const SIGNALS: Readonly<Record<number, string>> = { 2: "interrupt", 9: "killed", 15: "terminated" };

function toEnd(exit: Exit): End {
  if (exit.which === "code") {
    const status = `exit status ${exit.code}`;
    const error = exit.code === 0 ? {} : { error: status };
    return { exitCode: exit.code, exited: true, status, ...error };
  }
  const status =
    exit.which === "signal"
      ? `signal: ${SIGNALS[exit.signal] ?? exit.signal}`
      : `trap: ${exit.which === "trap" ? exit.trap : "of a kind that is not known"}`;
  return { exitCode: -1, exited: false, status, error: status };
}
