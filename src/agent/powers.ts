/** What the agent needs from its environment, besides the sandbox. */

export interface AgentPowers {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Calls `tell` once, after `ms` milliseconds. @returns a function that cancels the timer */
  readonly startTimer: (ms: number, tell: () => void) => () => void;
  /** That many unguessable bytes. */
  readonly randomBytes: (length: number) => Uint8Array;
}

/** Initial settings of the sandbox; `/init` can change some of them. */
export interface AgentOptions {
  /** Names that clients may give as their user; the first is the default. */
  readonly users?: readonly string[];
  /** The token that requests must carry; without it, none is needed. */
  readonly accessToken?: string | undefined;
  /** Environment variables of every process. */
  readonly env?: Readonly<Record<string, string>>;
  /** The PATH of every process. */
  readonly path?: string;
  /** The number of processors that `/metrics` reports. */
  readonly cpuCount?: number;
}
