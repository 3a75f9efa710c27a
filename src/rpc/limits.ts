/** What a peer may cost this side. */
import { Exception } from "#base";
import type { ReadLimits } from "#capnp/wire";

/** Where the peer goes beyond one, the connection ends with an Abort of kind `overloaded`, unless said otherwise. */
export interface ConnectionLimits extends ReadLimits {
  /** Calls of the peer's that it has not said it is done with; 16384 unless said otherwise. */
  readonly openCalls?: number;
  /** Bytes of those calls' messages and of the answers to them, together; 256 MiB unless said otherwise. */
  readonly openCallBytes?: number;
  /**
   * Bytes that the peer's calls may hold here before further ones wait: their messages, answers that it does not read, and
   * what is made of them; 8 MiB unless said otherwise.
   */
  readonly heldBytes?: number;
  /** Bytes of calls that wait before nothing more is read; 64 MiB unless said otherwise. */
  readonly waitingBytes?: number;
  /** How long calls may wait without any of those before them ending; 30 000 unless said otherwise. */
  readonly patienceMs?: number;
  /** Capabilities that the peer holds; 65536 unless said otherwise. Beyond, calls that would hand out more fail. */
  readonly exports?: number;
  /** Capabilities of the peer's that are held here; 65536 unless said otherwise. */
  readonly imports?: number;
}

/** All of them, those that nobody has said as well. */
export type AllLimits = ReadLimits & Required<Omit<ConnectionLimits, keyof ReadLimits>>;

export const LIMITS: AllLimits = {
  openCalls: 16_384,
  openCallBytes: 256 * 1024 * 1024,
  heldBytes: 8 * 1024 * 1024,
  waitingBytes: 64 * 1024 * 1024,
  patienceMs: 30_000,
  exports: 65_536,
  imports: 65_536,
};

/** How many capabilities one message may hold: what is made of them takes a hundred times the bytes. */
const CAPABILITIES_IN_MESSAGE = 4096;

/** @throws {Exception} `failed` when a message has too many capabilities, whoever has built it. */
export function requireFewCapabilities(count: number): void {
  if (count <= CAPABILITIES_IN_MESSAGE) return;
  const words = `Message has ${count} capabilities, and may have ${CAPABILITIES_IN_MESSAGE}`;
  throw new Exception("failed", `${words}: pass them in several`);
}

/** Why a peer is given up for which so much waits. */
export function unread(bytes: number): Exception {
  return new Exception("overloaded", `Peer does not read: ${bytes} bytes are held for it`);
}
