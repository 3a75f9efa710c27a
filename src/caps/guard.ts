/**
 * Capabilities that can be taken back: every call through a guard asks first whether it still may be made, and whatever
 * comes out of it, results and capabilities called ahead alike, is guarded in the same way.
 *
 * What goes in is not guarded: a capability passed as a parameter belongs to the caller.
 */
import type { Exception } from "#base";
import { capabilityOf, createFailedAnswer, toClient } from "#capnp";
import type { Answer, CallRequest, Capability, Client, InterfaceType } from "#capnp";

/** Why calls may no longer be made; `undefined` while they may. */
export type Check = () => Exception | undefined;

/** A guarded client of the same capability. Takes over the client. */
export function guard<T extends Client>(client: T, type: InterfaceType<T>, check: Check): T {
  using own = client;
  return toClient(guardCapability(capabilityOf(own).retain(), check), type);
}

function guardCapability(inner: Capability, check: Check): Capability {
  let holders = 1;
  return {
    retain() {
      holders++;
      return this;
    },
    release() {
      if (--holders === 0) inner.release();
    },
    call(request) {
      const refused = check();
      if (refused === undefined) return guardAnswer(callThrough(inner, request), check);
      if ("release" in request.params) request.params.release();
      return createFailedAnswer(refused);
    },
  };
}

/** Results are not written where they would leave at once: their capabilities must be guarded first. */
function callThrough(inner: Capability, request: CallRequest): Answer {
  return inner.call({ ...request, results: undefined });
}

function guardAnswer(answer: Answer, check: Check): Answer {
  let guarded: readonly Capability[] | undefined;
  return {
    sentBytes: answer.sentBytes,
    settled(onResults, onFailure) {
      answer.settled((results) => {
        const refused = check();
        if (refused !== undefined) return onFailure(refused);
        const { message } = results;
        // The message holds the inner capabilities until the answer is released, and lends them to their guards.
        guarded ??= message.capabilities.map((inner) => guardCapability(inner.retain(), check));
        message.capabilities = guarded;
        onResults(results);
      }, onFailure);
    },
    pipeline: (path) => guardCapability(answer.pipeline(path), check),
    release() {
      for (const capability of guarded ?? []) capability.release();
      guarded = [];
      answer.release();
    },
  };
}
