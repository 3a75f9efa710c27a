/** What a peer may cost this side. */
import type { ReadLimits } from "#capnp";

/** Where the peer goes beyond one, the connection ends with an Abort of kind `overloaded`, unless said otherwise. */
export interface ConnectionLimits extends ReadLimits {
  /** Calls of the peer's that it has not said it is done with; 16384 unless said otherwise. */
  readonly openCalls?: number;
  /** Bytes of those calls' messages and of the answers to them, together; 256 MiB unless said otherwise. */
  readonly openCallBytes?: number;
  /** Capabilities that the peer holds; 65536 unless said otherwise. Beyond, calls that would hand out more fail. */
  readonly exports?: number;
}

export const LIMITS: Required<Omit<ConnectionLimits, keyof ReadLimits>> = {
  openCalls: 16_384,
  openCallBytes: 256 * 1024 * 1024,
  exports: 65_536,
};
