/** Capabilities by name, as grants carry them. @see capnp/common/grants.capnp Export */
import { Exception } from "#base";
import { dup, isNull } from "#capnp";
import type { Client } from "#capnp";
import type { Export } from "#schema";

/** A capability under the name by which its holder knows it. */
export interface NamedClient {
  readonly name: string;
  readonly client: Client;
}

/** Maximum number of capabilities that one process can be given. */
const EXPORT_LIMIT = 64;
const NAME_LENGTH = 100;

/**
 * The capabilities of a list as references that the caller must dispose.
 *
 * @throws {Exception} `failed` when there are too many, a name is empty, too long or doubled, or a capability is null;
 * no reference is held then.
 */
export function takeExports(list: readonly Export[]): readonly NamedClient[] {
  if (list.length > EXPORT_LIMIT) {
    refuse(`${list.length} capabilities are given, more than the limit of ${EXPORT_LIMIT}`);
  }
  const names = new Set<string>();
  for (const { name, cap } of list) {
    if (name === "") refuse("a capability is given without a name");
    if (name.length > NAME_LENGTH) refuse(`a name has more than ${NAME_LENGTH} characters`);
    if (names.has(name)) refuse(`two capabilities are given the name "${name}"`);
    if (isNull(cap)) refuse(`the capability that is given the name "${name}" is null`);
    names.add(name);
  }
  return list.map(({ name, cap }) => ({ name, client: dup(cap) }));
}

/** The list as references that the receiver owns. */
export function giveExports(named: readonly NamedClient[]): Export[] {
  return named.map(({ name, client }) => ({ name, cap: dup(client) }));
}

export function releaseAll(named: readonly NamedClient[]): void {
  for (const { client } of named) client[Symbol.dispose]();
}

function refuse(why: string): never {
  throw new Exception("failed", `Cannot give capabilities: ${why}`);
}
