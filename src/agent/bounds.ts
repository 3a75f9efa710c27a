/** All bounds of the agent. Each comment says how the client is told that a bound was reached. */

export const BOUNDS = {
  /** Requests at once; HTTP 429. */
  requests: 1024,
  /** All header names and values of a request; HTTP 431. */
  headerBytes: 32_768,
  /** One message of an RPC, also within a stream; `resource_exhausted`. */
  messageBytes: 16_777_216,
  /** A JSON body of plain HTTP; HTTP 413. */
  jsonBytes: 1_048_576,
  /** How long the body of a request may stall; HTTP 408, or `deadline_exceeded`. */
  bodyIdleMs: 120_000,
  /** How long a client may leave waiting bytes of an answer unread; the answer is cut off. */
  readerIdleMs: 120_000,
  /** A path; HTTP 400, or `invalid_argument`. */
  pathLength: 4096,
  /** How deep a directory is listed; a larger depth is lowered to this. */
  depth: 64,

  /** Live processes; `resource_exhausted`. */
  processes: 1024,
  /** Arguments and environment of a process; `invalid_argument`. */
  commandBytes: 2_097_152,
  /** Remembered exits of processes; the oldest is forgotten. */
  exits: 1024,
  /** How long an exit is remembered; `not_found` afterwards. */
  exitMs: 30_000,
  /** Clients attached to one process; `resource_exhausted`. */
  clients: 64,
  /** Unread output of one client; beyond it the process is held back, until `stalledMs`. */
  unreadBytes: 1_048_576,
  /** How long a client may read nothing while it holds the process back; it is cut off with `resource_exhausted`. */
  stalledMs: 30_000,
  /** How long to wait for the end of a killed process's output, which its children may hold open. */
  drainMs: 1_000,
  /** Writes that wait for one process to read them; `resource_exhausted`. */
  inputs: 64,

  /** Open watchers, streamed and polled; `resource_exhausted`. */
  watchers: 256,
  /** Unread events of one watcher; it fails with `resource_exhausted`. */
  unreadEvents: 65_536,

  /** How long a change of files waits while a snapshot is taken; HTTP 503, or `unavailable`. */
  busyMs: 30_000,
  /** Files of one upload; HTTP 400. */
  parts: 4096,
  /** The headers of one of these files; HTTP 400. */
  partHeaderBytes: 16_384,
  /** Names and values of metadata; HTTP 400. */
  metadataBytes: 4096,
  /** Files that `/files/compose` joins; HTTP 400. */
  sources: 1024,
} as const;
