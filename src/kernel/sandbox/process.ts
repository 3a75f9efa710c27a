/** What a process of a sandbox is to others. */
import type { Client } from "#capnp";
import type { Command } from "#schema";
import type { MergedOutput } from "./merged-output.ts";
import type { SharedInput } from "./shared-input.ts";
import type { Terminal } from "./terminal.ts";

/** Those that cells know, by their numbers. */
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
  /** Those that the process has started and that live: what kills it kills them. */
  readonly children: Set<StartedProcess>;
}

export interface ProcessTerminal extends Terminal {
  /** Those that read what is typed, the latest last. */
  readonly readers: Set<StartedProcess>;
}

export interface StartedProcess {
  readonly pid: number;
  readonly streams: ProcessStreams;
  /** Which of them are its own, for who has started it. */
  readonly command: Pick<Command, "stdin" | "stdout" | "stderr">;
  readonly ownTerminal: Terminal | undefined;
  readonly exited: Promise<ProcessExit>;
  bootstrap(): Client;
  /** @throws {Exception} `unimplemented` for a signal that cells do not know */
  signal(signal: number): void;
}

/** Disposing ends what serves ports. */
export interface ProcessStarter extends Disposable {
  /** The bootstrap capability of what serves a port; the caller disposes it. @throws {Exception} `failed` if nothing does */
  openPort(port: number): Client;
  /** @param parent whose streams can be inherited */
  start(
    command: Command,
    parent: ProcessStreams | undefined,
    signal: AbortSignal,
  ): Promise<StartedProcess>;
}
