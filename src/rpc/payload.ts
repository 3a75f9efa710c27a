/** Capability tables of payloads. */
import { NULL_CAPABILITY } from "#capnp/wire";
import type { Capability } from "#capnp/wire";
import type { Exports } from "./exports.ts";
import type { PayloadBuilder } from "./build-message.ts";
import { requireFewCapabilities } from "./limits.ts";
import { writeDescriptors } from "./build-message.ts";

/**
 * Writes the payload's capability table.
 *
 * @param instead maps capabilities of the message to the ones to describe in their place; both borrowed
 * @returns ids of the exports whose reference counts were incremented
 * @throws {Exception} `overloaded` when the peer holds too many, `failed` when the message has too many; no export is
 *   counted then.
 */
export function writeCapabilityTable(
  { message, table }: PayloadBuilder,
  exports: Exports,
  instead?: ReadonlyMap<Capability, Capability>,
): readonly number[] {
  const { capabilities } = message;
  if (capabilities.length === 0) return [];
  requireFewCapabilities(capabilities.length);
  exports.makeRoom(capabilities.length);
  const ids: number[] = [];
  writeDescriptors(table, capabilities.length, (index) => {
    const capability = capabilities[index] ?? NULL_CAPABILITY;
    const descriptor = exports.describe(instead?.get(capability) ?? capability);
    if (descriptor.type === "senderHosted" || descriptor.type === "senderPromise") {
      ids.push(descriptor.id);
    }
    return descriptor;
  });
  return ids;
}
