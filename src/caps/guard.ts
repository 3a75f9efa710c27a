/**
 * Capabilities that can be taken back: every call through a guard asks first whether it still may be made, and whatever
 * comes out of it, results and capabilities called ahead alike, is guarded in the same way.
 *
 * What goes in is not guarded: a capability passed as a parameter belongs to the caller.
 */
import type { Exception } from "#base";
import { capabilityOf, createFailedAnswer, Holders, PipelinedPaths, toClient } from "#capnp/wire";
import type { Client, InterfaceType } from "#capnp";
import type { Answer, CallRequest, Capability, Pipelined, PointerReader } from "#capnp/wire";

/** Why calls may no longer be made; `undefined` while they may. */
export type Check = () => Exception | undefined;

/** A guarded client of the same capability. Takes over the client. */
export function guard<T extends Client>(client: T, type: InterfaceType<T>, check: Check): T {
  using own = client;
  return toClient(guardCapability(capabilityOf(own).retain(), check), type);
}

/** Takes over one holding. */
function guardCapability(inner: Capability, check: Check, onReleased?: () => void): Capability {
  const holders = new Holders();
  return {
    retain() {
      holders.add();
      return this;
    },
    release() {
      if (!holders.remove()) return;
      onReleased?.();
      inner.release();
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

/**
 * A capability that was called ahead on has one guard, in the results too: behind it is the promise that keeps later calls
 * from overtaking those that went ahead and are still on their way. A guard of what the promise turned out to be would not.
 */
function guardAnswer(answer: Answer, check: Check): Answer {
  let ahead: PipelinedPaths | undefined;
  let guarded: readonly Capability[] | undefined;
  return {
    sentBytes: answer.sentBytes,
    settled(onResults, onFailure) {
      answer.settled((results) => {
        const refused = check();
        if (refused !== undefined) return onFailure(refused);
        guarded ??= guardResults(results, ahead ?? [], check);
        // The message may be another's too, who calls on what it holds itself.
        onResults(results.with(guarded));
      }, onFailure);
    },
    pipeline(path) {
      const aheads = (ahead ??= new PipelinedPaths());
      const known = aheads.get(path);
      if (known !== undefined) return known.retain();
      const capability = guardCapability(answer.pipeline(path), check, () => aheads.delete(path));
      aheads.add(path, capability);
      return capability;
    },
    release() {
      for (const capability of guarded ?? []) capability.release();
      guarded = [];
      answer.release();
    },
  };
}

/** Guards of what is in the message, which holds what they guard until the answer is released, and lends it to them. */
function guardResults(
  results: PointerReader,
  aheads: Iterable<Pipelined>,
  check: Check,
): readonly Capability[] {
  const known = new Map<number | undefined, Capability>();
  for (const { path, capability } of aheads) known.set(indexAt(results, path), capability);
  return results.message.capabilities.map(
    (inner, index) => known.get(index)?.retain() ?? guardCapability(inner.retain(), check),
  );
}

/** Where in the message's table the capability at a path is; `undefined` when the path leads to none. */
function indexAt(results: PointerReader, path: readonly number[]): number | undefined {
  let pointer = results;
  try {
    for (const index of path) pointer = pointer.struct().pointer(index);
    return pointer.capabilityIndex();
  } catch {
    // A path is the caller's, and may lead anywhere; the connection that brought the results is somebody else's.
    return undefined;
  }
}
