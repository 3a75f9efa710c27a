/** One capability under a name that peers dial: the owner gives it to anybody, and attaches what it leads to. */
import { Exception } from "#base";
import { AnyClient, createPromisedClient, dup } from "#capnp";
import type { Client } from "#capnp";
import type { NarrowingRecord } from "#schema";
import { attenuate } from "./attenuate.ts";
import { createPolicy } from "./create-policy.ts";
import { startExpiry } from "./expiry.ts";
import type { LivePowers, LiveShare } from "./live.ts";
import { readQuota } from "./narrowing.ts";
import { createRevoker } from "./revoker.ts";
import type { Revoker } from "./revoker.ts";

export interface PeerServiceOrder {
  readonly service: string;
  /** For all visitors together, each time it is attached. */
  readonly narrowing: NarrowingRecord;
  /** Since 1970; below 0 for no end. */
  readonly untilMs: number;
}

/**
 * Resolves when peers can dial it; while nothing is attached, they are told that it does not run.
 *
 * @throws {Exception} `failed` for what is no name, or one that is served already.
 */
export async function openPeerService(
  { vats, clock, wallMs }: LivePowers,
  { service, narrowing, untilMs }: PeerServiceOrder,
): Promise<LiveShare> {
  const policy = createPolicy({ label: service, ...readQuota(narrowing) });
  const served = createRevoker(service);
  let found: Client | undefined;
  let attached: Revoker | undefined;
  let visits = 0;
  const detach = (): void => {
    attached?.revoke();
    attached = undefined;
    found?.[Symbol.dispose]();
    found = undefined;
  };
  await vats.serve(
    service,
    () => {
      visits++;
      if (found !== undefined) return dup(found);
      const reason = new Exception("disconnected", `"${service}" does not run now`);
      return createPromisedClient(AnyClient, Promise.reject(reason));
    },
    served.lifetime,
  );
  const end = (): void => {
    expiry[Symbol.dispose]();
    served.revoke();
    detach();
  };
  const expiry = startExpiry(untilMs < 0 ? Infinity : untilMs - wallMs(), end);
  return {
    attach(client) {
      detach();
      if (client === undefined) return;
      if (served.lifetime.ended !== undefined) return client[Symbol.dispose]();
      attached = served.derive(service);
      found = attenuate(client, AnyClient, policy, { clock, lifetimes: [attached.lifetime] });
    },
    get visits() {
      return visits;
    },
    [Symbol.dispose]: end,
  };
}
