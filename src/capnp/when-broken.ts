/** What a capability turns out to be, and when it cannot be called any more. */
import { whenAborted } from "#base";
import type { Waiting } from "#base";
import { reasonOfBroken } from "./broken.ts";
import type { Capability } from "./capability.ts";
import { capabilityOf, whileHeld } from "./client.ts";
import type { Client } from "./client.ts";
import { innermost, PromisedCapability } from "./promise.ts";

/** A capability that can break after it was known: its connection ends, for instance. */
export interface Breakable extends Capability {
  /** Tells the reason, once; at once if it is broken already. */
  whenBroken(tell: (reason: unknown) => void): void;
}

/**
 * Resolves when it is known what the client calls: at once for an object, later for a promise.
 *
 * @throws {unknown} why the promise was broken: every call on it fails so.
 */
export function whenResolved(client: Client, { signal }: Waiting = {}): Promise<void> {
  const capability = capabilityOf(client).retain();
  return new Promise<void>((resolve, reject) => {
    signal?.throwIfAborted();
    const forget = signal && whenAborted(signal, () => reject(signal.reason));
    whenKnown(capability, (final) => {
      forget?.();
      const broken = reasonOfBroken(final);
      if (broken === undefined) resolve();
      else reject(broken.reason);
    });
  }).finally(() => capability.release());
}

/**
 * Tells, once, why no call on the client can succeed any more: its connection has ended, or what it was a promise of will
 * not come. A client that was disposed is told of nothing; `dup` one to watch for longer.
 *
 * An object of this vat does not break.
 */
export function onBroken(client: Client, tell: (reason: unknown) => void): void {
  const isHeld = whileHeld(client);
  tellBroken(capabilityOf(client), (reason) => {
    if (isHeld()) tell(reason);
  });
}

/** The same for a capability, whoever holds it. */
export function tellBroken(capability: Capability, tell: (reason: unknown) => void): void {
  whenKnown(capability, (final) => {
    const broken = reasonOfBroken(final);
    if (broken !== undefined) tell(broken.reason);
    else if ("whenBroken" in final) (final as Breakable).whenBroken(tell);
  });
}

function whenKnown(capability: Capability, tell: (final: Capability) => void): void {
  const found = innermost(capability);
  if (found instanceof PromisedCapability) found.whenResolved((to) => whenKnown(to, tell));
  else tell(found);
}
