/** Capability tables of payloads. */
import type { Capability, MessageBuilder, PointerBuilder } from "#capnp/wire";
import type { Exports } from "./exports.ts";
import { requireFewCapabilities } from "./limits.ts";
import { writeDescriptor } from "./wire.ts";

/**
 * Describes the message's capabilities to the peer.
 *
 * @param instead of what others are described, both lent
 * @returns the exports that were counted for it
 * @throws {Exception} `overloaded` when the peer holds too many, `failed` when the message has; then none was counted.
 */
export function writeCapabilityTable(
  message: MessageBuilder,
  table: PointerBuilder,
  exports: Exports,
  instead?: ReadonlyMap<Capability, Capability>,
): readonly number[] {
  const { capabilities } = message;
  if (capabilities.length === 0) return [];
  requireFewCapabilities(capabilities.length);
  exports.makeRoom(capabilities.length);
  const ids: number[] = [];
  const list = table.initStructList(capabilities.length, 1, 1);
  capabilities.forEach((capability, at) => {
    const descriptor = exports.describe(instead?.get(capability) ?? capability);
    if (descriptor.type === "senderHosted" || descriptor.type === "senderPromise") {
      ids.push(descriptor.id);
    }
    writeDescriptor(list.struct(at), descriptor);
  });
  return ids;
}
