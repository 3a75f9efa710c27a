/** The interfaces of a sandbox's processes. */
import type { Client } from "#capnp";
import type { Command } from "#schema";
import type { MergedOutput } from "./merged-output.ts";
import type { SharedInput } from "./shared-input.ts";
import type { Terminal } from "./terminal.ts";

/** POSIX numbers of the signals that cells know. */
export const SIGNALS = { interrupt: 2, kill: 9, terminate: 15 } as const;

/** How a process of a sandbox ended. */
export type ProcessExit =
  | { readonly type: "code"; readonly code: number }
  | { readonly type: "signal"; readonly signal: number }
  | { readonly type: "trap"; readonly message: string };

/** The streams of a process, which its children may inherit. */
export interface ProcessStreams {
  readonly stdin: SharedInput | undefined;
  readonly stdout: MergedOutput | undefined;
  readonly stderr: MergedOutput | undefined;
  readonly terminal: ProcessTerminal | undefined;
  /** Live processes that this one has started; any signal that kills it, except an interrupt, is sent to them too. */
  readonly children: Set<StartedProcess>;
}

export interface ProcessTerminal extends Terminal {
  /** Processes that read the terminal's input, the latest last. */
  readonly readers: Set<StartedProcess>;
}

export interface StartedProcess {
  readonly pid: number;
  readonly streams: ProcessStreams;
  /** Tells which of the streams are its own, so that its starter may use those. */
  readonly command: Pick<Command, "stdin" | "stdout" | "stderr">;
  readonly ownTerminal: Terminal | undefined;
  readonly exited: Promise<ProcessExit>;
  bootstrap(): Client;
  /** @throws {Exception} `unimplemented` for a signal that cells do not know */
  signal(signal: number): void;
}

/** Disposing kills the processes that serve ports. */
export interface ProcessStarter extends Disposable {
  /** The bootstrap capability of the process that serves a port, owned by the caller. @throws {Exception} `failed` if none does */
  openPort(port: number): Client;
  /** @param parent streams that the process may inherit */
  start(
    command: Command,
    parent: ProcessStreams | undefined,
    signal: AbortSignal,
  ): Promise<StartedProcess>;
}
