/** The part of a `Worker` that is used; doors make real ones. */
import type { Endpoint } from "comlink";

export interface WorkerLike extends Endpoint {
  terminate(): void;
}
