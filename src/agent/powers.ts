/** What the agent needs of the place that it runs in, besides the sandbox. */

export interface AgentPowers {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Calls back once, after so many milliseconds. @returns how to take that back */
  readonly startTimer: (ms: number, tell: () => void) => () => void;
  /** So many bytes that nobody can guess. */
  readonly randomBytes: (length: number) => Uint8Array;
}

/** What is true of the sandbox from the start; requests can change a part of it (`/init`). */
export interface AgentOptions {
  /** Names that clients may give as their user; the first is meant by those that give none. */
  readonly users?: readonly string[];
  /** Without it, the agent asks for none. */
  readonly accessToken?: string | undefined;
  /** Of every process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where programs are looked up. */
  readonly path?: string;
  /** How many processors `/metrics` counts. */
  readonly cpuCount?: number;
}
