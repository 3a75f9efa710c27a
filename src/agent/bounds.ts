/** Everything that is bounded, in one place. What happens at a bound stands beside it. */

export const BOUNDS = {
  /** Requests at once; HTTP 429. */
  requests: 1024,
  /** All header names and values of a request; HTTP 431. */
  headerBytes: 32_768,
  /** One message of an RPC, also within a stream; `resource_exhausted`. */
  messageBytes: 16_777_216,
  /** A body of JSON outside of RPC; HTTP 413. */
  jsonBytes: 1_048_576,
  /** How long the body of a request may bring nothing; HTTP 408, or `deadline_exceeded`. */
  bodyIdleMs: 120_000,
  /** How long the reader of an answer may take nothing while bytes wait for it; the answer is cut. */
  readerIdleMs: 120_000,
  /** A path; HTTP 400, or `invalid_argument`. */
  pathLength: 4096,
  /** How deep a directory is listed; deeper is asked for as this. */
  depth: 64,

  /** Live processes; `resource_exhausted`. */
  processes: 1024,
  /** Arguments and environment of a process; `invalid_argument`. */
  commandBytes: 2_097_152,
  /** Exits that are remembered; the oldest is forgotten. */
  exits: 1024,
  /** How long an exit is remembered; `not_found` afterwards. */
  exitMs: 30_000,
  /** Clients attached to one process; `resource_exhausted`. */
  clients: 64,
  /** Output that waits for a client; the process waits then, for a while. */
  unreadBytes: 1_048_576,
  /** How long a client may read nothing of what waits; it is cut off with `resource_exhausted`, and the process goes on. */
  stalledMs: 30_000,
  /** How long output may still come once a process was killed, which its children hold open. */
  drainMs: 1_000,
  /** Inputs that wait for one process to read; `resource_exhausted`. */
  inputs: 64,

  /** Open watchers, of both kinds; `resource_exhausted`. */
  watchers: 256,
  /** Events that wait for a watcher's reader; the watcher fails with `resource_exhausted`. */
  unreadEvents: 65_536,

  /** How long a change of files waits for a snapshot of them; HTTP 503, or `unavailable`. */
  busyMs: 30_000,
  /** Files of one upload; HTTP 400. */
  parts: 4096,
  /** The headers of one of them; HTTP 400. */
  partHeaderBytes: 16_384,
  /** Names and values of metadata; HTTP 400. */
  metadataBytes: 4096,
  /** Files that are put together; HTTP 400. */
  sources: 1024,
} as const;
