/** The part of `Worker` that cells use; the doors create the real ones. */
import type { PortEnd } from "#base";

export interface WorkerLike extends PortEnd {
  terminate(): void;
}
