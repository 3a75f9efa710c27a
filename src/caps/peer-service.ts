/** One capability under a name that any peer may dial; the owner decides where it leads. */
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
  /** Limits that all visitors share, renewed with each `attach`. */
  readonly narrowing: NarrowingRecord;
  /** Milliseconds since 1970; negative for no expiry. */
  readonly untilMs: number;
}

/**
 * Serves a name to peers, and resolves when they can dial it. While nothing is attached, their calls fail as
 * `disconnected`.
 *
 * @throws {Exception} `failed` when the name is malformed, or is served already.
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
