/** The part of a `Worker` that is used; doors make real ones. */
import type { PortEnd } from "#base";

export interface WorkerLike extends PortEnd {
  terminate(): void;
}
