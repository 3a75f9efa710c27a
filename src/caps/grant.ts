/** Grants: capabilities given to a process, each with an entry in the account and a boundary of its own. */
import { AnyClient } from "#capnp";
import type { Client, ClientType } from "#capnp";
import type { Account, Entry, EntryOptions, Holder } from "./account.ts";
import { createAttenuation } from "./attenuate.ts";
import { boundariesAround } from "./boundary.ts";
import type { Policy } from "./create-policy.ts";
import type { NamedClient } from "./exports.ts";
import { createGuard } from "./guard.ts";
import type { Clock } from "./meter.ts";

/** The policy that narrows a grant, and the clock for its limits. */
export interface Narrowing {
  readonly policy: Policy;
  readonly clock: Clock;
}

/** Hands a client out as an entry of the account. Takes ownership of the client. @see findGrant */
export function grant<T extends Client>(
  account: Account,
  options: EntryOptions,
  client: T,
  type: ClientType<T>,
  narrowing?: Narrowing,
): { readonly client: T; readonly entry: Entry } {
  const entry = account.enter(options);
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

/**
 * The entry that a client was handed out as, if it is itself a grant. @param pid the entry's holder; by default anyone
 */
export function findGrant(account: Account, client: Client, pid?: number): Entry | undefined {
  return boundariesAround(client)
    .flatMap((boundary) => account.find(boundary) ?? [])
    .find(({ holder }) => pid === undefined || holder.pid === pid);
}

/**
 * Grants all capabilities that one process gives another, each through the giver's own entry: a capability that the
 * giver was granted crosses that grant's boundary as well, one that the giver serves itself is granted through the
 * giver's call.
 *
 * @param via the entry through which the giver called; what is given also ends with that one
 */
export function grantAll(
  account: Account,
  { holder, via }: { readonly holder: Holder; readonly via: Entry },
  named: readonly NamedClient[],
): readonly NamedClient[] {
  return named.map(({ name, client }) => {
    const own = findGrant(account, client, via.holder.pid);
    const lifetimes = [via.lifetime];
    const about = { holder, via: own ?? via, lifetimes, name, label: name };
    return { name, client: grant(account, about, client, AnyClient).client };
  });
}
