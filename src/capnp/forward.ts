/** A capability that only passes calls on, and so hides what it leads to. */
import type { Answer, CallRequest, Capability } from "./capability.ts";

/** Takes over one holding of the target. */
export function createForwarder(target: Capability): Capability {
  let holders = 1;
  return {
    retain() {
      holders++;
      return this;
    },
    release() {
      if (--holders === 0) target.release();
    },
    call(request: CallRequest): Answer {
      return target.call(request);
    },
  };
}
