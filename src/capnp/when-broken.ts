/** Observes when a client's promise resolves, and when it breaks. */
import { whenAborted } from "#base";
import type { Waiting } from "#base";
import { reasonOfBroken } from "./broken.ts";
import type { Capability } from "./capability.ts";
import { capabilityOf, whileHeld } from "./client.ts";
import type { Client } from "./client.ts";
import { innermost, PromisedCapability } from "./promise.ts";

/** A capability that can break after it has resolved, for instance when its connection ends. */
export interface Breakable extends Capability {
  /** Calls back once with the reason; synchronously if it is broken already. */
  whenBroken(notify: (reason: unknown) => void): void;
}

/**
 * Resolves when the client's promise does; at once for an object.
 *
 * @throws {unknown} why the promise was broken: every call on the client fails with it.
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
 * Calls back once when the client breaks: its connection has ended, or its promise was broken. Never calls back after
 * the client is disposed; `dup` one to watch for longer.
 *
 * Local objects do not break.
 */
export function onBroken(client: Client, notify: (reason: unknown) => void): void {
  const isHeld = whileHeld(client);
  onCapabilityBroken(capabilityOf(client), (reason) => {
    if (isHeld()) notify(reason);
  });
}

/** Like `onBroken`, for a capability without a client. */
export function onCapabilityBroken(
  capability: Capability,
  notify: (reason: unknown) => void,
): void {
  whenKnown(capability, (final) => {
    const broken = reasonOfBroken(final);
    if (broken !== undefined) notify(broken.reason);
    else if ("whenBroken" in final) (final as Breakable).whenBroken(notify);
  });
}

function whenKnown(capability: Capability, notify: (final: Capability) => void): void {
  const found = innermost(capability);
  if (found instanceof PromisedCapability) found.whenResolved((to) => whenKnown(to, notify));
  else notify(found);
}
