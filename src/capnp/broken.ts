/** Broken capabilities and failed answers. */
import { Exception } from "#base";
import type { Answer, CallRequest, Capability } from "./capability.ts";

/** A capability on which every call fails with `reason`. */
export function createBroken(reason: unknown): Capability {
  return new BrokenCapability(reason);
}

/** Why a capability is broken; `undefined` if it is not. */
export function reasonOfBroken(capability: Capability): { readonly reason: unknown } | undefined {
  return capability instanceof BrokenCapability ? capability : undefined;
}

export function createFailedAnswer(reason: unknown): Answer {
  return {
    sentBytes: 0,
    settled: (_onResults, onFailure) => onFailure(reason),
    pipeline: () => createBroken(reason),
    release() {},
  };
}

class BrokenCapability implements Capability {
  readonly reason: unknown;

  constructor(reason: unknown) {
    this.reason = reason;
  }

  retain(): this {
    return this;
  }
  release(): void {}
  call({ params }: CallRequest): Answer {
    if ("release" in params) params.release();
    return createFailedAnswer(this.reason);
  }
}

/** The meaning of a null capability pointer. */
export const NULL_CAPABILITY: Capability = createBroken(
  new Exception("failed", "Called a null capability"),
);
