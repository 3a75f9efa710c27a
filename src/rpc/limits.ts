/** Limits on what a peer may cost this side. */
import { Exception } from "#base";
import type { ReadLimits } from "#capnp/wire";

/** Exceeding a limit ends the connection with an Abort of kind `overloaded`, unless a field says otherwise. */
export interface ConnectionLimits extends ReadLimits {
  /** Calls of the peer that are not finished; 16384 by default. */
  readonly openCalls?: number;
  /** Bytes of those calls' messages and of their answers; 256 MiB by default. */
  readonly openCallBytes?: number;
  /**
   * Bytes that the peer's calls may hold before further calls wait: messages, unread answers, and objects made of
   * them; 8 MiB by default.
   */
  readonly heldBytes?: number;
  /** Bytes of waiting calls before reading stops; 64 MiB by default. */
  readonly waitingBytes?: number;
  /** How long calls may wait without an earlier call ending; 30 000 by default. */
  readonly stallMs?: number;
  /** Capabilities that the peer holds; 65536 by default. Calls that would export more fail. */
  readonly exports?: number;
  /** Capabilities of the peer that this side holds; 65536 by default. */
  readonly imports?: number;
}

/** All limits, with defaults filled in. */
export type AllLimits = ReadLimits & Required<Omit<ConnectionLimits, keyof ReadLimits>>;

export const LIMITS: AllLimits = {
  openCalls: 16_384,
  openCallBytes: 256 * 1024 * 1024,
  heldBytes: 8 * 1024 * 1024,
  waitingBytes: 64 * 1024 * 1024,
  stallMs: 30_000,
  exports: 65_536,
  imports: 65_536,
};

/** Capabilities in one message; each takes a hundred times its size on the wire. */
const CAPABILITIES_IN_MESSAGE = 4096;

/** @throws {Exception} `failed` when a message, of either side, has too many capabilities */
export function requireFewCapabilities(count: number): void {
  if (count <= CAPABILITIES_IN_MESSAGE) return;
  const message = `Message has ${count} capabilities, more than the limit of ${CAPABILITIES_IN_MESSAGE}`;
  throw new Exception("failed", `${message}: pass them in several messages`);
}

/** The failure when too many bytes wait for the peer. */
export function unread(bytes: number): Exception {
  return new Exception("overloaded", `Peer does not read: ${bytes} bytes wait for it`);
}
