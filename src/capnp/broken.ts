/** Capabilities that cannot be called, and answers that never come. */
import { Exception } from "#base";
import type { Answer, CallRequest, Capability } from "./capability.ts";

/** A capability whose every call fails with the reason. */
export function createBroken(reason: unknown): Capability {
  return new BrokenCapability(reason);
}

/** Why the capability cannot be called; `undefined` for one that is not broken. */
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

/** What a null capability pointer stands for. */
export const NULL_CAPABILITY: Capability = createBroken(
  new Exception("failed", "Called a null capability"),
);
