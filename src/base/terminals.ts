/** Which streams of a program lead to a terminal, where a person reads or types: all, none, or each by itself. */
export type Terminals = boolean | TerminalStreams;

export interface TerminalStreams {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
}

/** The same, stream by stream. */
export function toStreams(terminals: Terminals): TerminalStreams {
  return typeof terminals === "boolean"
    ? { stdin: terminals, stdout: terminals, stderr: terminals }
    : terminals;
}
