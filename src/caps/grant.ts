/** Grants: capabilities handed to a process, each with an entry in the account and a boundary of its own. */
import { AnyClient } from "#capnp";
import type { Client, ClientType } from "#capnp";
import type { Account, Entry, EntryOptions } from "./account.ts";
import { createAttenuation } from "./attenuate.ts";
import { boundariesAround } from "./boundary.ts";
import type { Policy } from "./create-policy.ts";
import type { NamedClient } from "./exports.ts";
import { createGuard } from "./guard.ts";
import type { Clock } from "./meter.ts";

/** What narrows a grant. */
export interface Narrowing {
  readonly policy: Policy;
  readonly clock: Clock;
}

/**
 * Hands a client out as an entry of the account. Takes over the client.
 *
 * If the client is a grant itself, the new one is granted through that.
 */
export function grant<T extends Client>(
  account: Account,
  options: EntryOptions,
  client: T,
  type: ClientType<T>,
  narrowing?: Narrowing,
): { readonly client: T; readonly entry: Entry } {
  const entry = account.enter({ ...options, via: findEntry(account, client) ?? options.via });
  const { lifetime } = entry;
  const boundary =
    narrowing === undefined
      ? createGuard(lifetime, entry)
      : createAttenuation(narrowing.policy, {
          clock: narrowing.clock,
          lifetimes: [lifetime],
          counter: entry,
        });
  account.bind(boundary, entry);
  return { client: boundary.handOut(client, type), entry };
}

function findEntry(account: Account, client: Client): Entry | undefined {
  for (const boundary of boundariesAround(client)) {
    const entry = account.find(boundary);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

/** The same for all that a process is given by another one. */
export function grantAll(
  account: Account,
  { holder, via }: Pick<EntryOptions, "holder" | "via">,
  named: readonly NamedClient[],
): readonly NamedClient[] {
  return named.map(({ name, client }) => ({
    name,
    client: grant(account, { holder, via, name, label: name }, client, AnyClient).client,
  }));
}
