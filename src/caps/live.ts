/** Links to running programs, for visitors in other tabs. @see capnp/common/live.capnp */
import { Exception, untilAborted } from "#base";
import { AnyClient, dup, serve } from "#capnp";
import type { Client } from "#capnp";
import { ByteStream, LiveDoor, LiveTie, SharedTerminal } from "#schema";
import type { Live, LiveDoorServer, LiveEnd, NarrowingRecord } from "#schema";
import { attenuate } from "./attenuate.ts";
import { createPolicy } from "./create-policy.ts";
import type { Policy } from "./create-policy.ts";
import type { Clock } from "./meter.ts";
import { startExpiry } from "./expiry.ts";
import { readQuota } from "./narrowing.ts";
import type { PeerVats } from "./peer-vats.ts";
import { createRevoker } from "./revoker.ts";
import type { Revoker } from "./revoker.ts";

export interface LivePowers {
  readonly vats: PeerVats;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
}

export interface ShareOrder {
  /** Unguessable; borrowed. */
  readonly token: Uint8Array;
  readonly kind: Live["kind"];
  readonly label: string;
  /** The path of the image's link. */
  readonly image: string;
  readonly narrowing: NarrowingRecord;
  /** Milliseconds since 1970; negative for no expiry. */
  readonly untilMs: number;
}

/** A link, until it is disposed. */
export interface LiveShare extends Disposable {
  /**
   * Makes the link lead to the client, whose ownership is taken over. The capability that it led to before is revoked, and
   * its visitors learn that it was stopped.
   */
  attach(client: Client | undefined): void;
  readonly visits: number;
}

export interface LiveLinks {
  /**
   * Resolves when visitors can open the link.
   *
   * @throws {Exception} `failed` for a token that is too short, too long or in use; `overloaded` when there are too
   * many links.
   */
  share(order: ShareOrder): Promise<LiveShare>;
}

const SERVICE = "live";
const LEAST_BYTES = 16;
const MOST_BYTES = 64;
const LINK_LIMIT = 256;
const TEXT_LENGTH = 200;

/** A link as visitors find it by its token. */
interface Link {
  readonly live: Omit<Live, "cap" | "tie" | "attachedMs">;
  /** `undefined` while nothing is attached. */
  found: Attached | undefined;
  visits: number;
}

/** What a link leads to. */
interface Attached {
  readonly client: Client;
  readonly tie: LiveTie;
  readonly attachedMs: number;
}

export function createLiveLinks({ vats, clock, wallMs }: LivePowers): LiveLinks {
  const links = new Map<string, Link>();
  let serving: Promise<void> | undefined;
  const door: LiveDoorServer = {
    open(token) {
      // Longer tokens are not looked up, since converting them to a key would take time from other visitors.
      const link = token.length > MOST_BYTES ? undefined : links.get(toKey(token));
      if (link === undefined) return { state: "unknown" };
      const { live, found } = link;
      if (found === undefined) return { state: "idle" };
      link.visits++;
      const { client, tie, attachedMs } = found;
      return { state: "open", live: { ...live, attachedMs, cap: dup(client), tie: dup(tie) } };
    },
  };
  const listen = async (): Promise<void> => {
    serving ??= vats.serve(SERVICE, () => serve(LiveDoor, door));
    try {
      await serving;
    } catch (error) {
      serving = undefined;
      throw error;
    }
  };
  return {
    async share({ token, kind, label, image, narrowing, untilMs }) {
      if (token.length < LEAST_BYTES || token.length > MOST_BYTES) {
        const range = `${LEAST_BYTES} to ${MOST_BYTES}`;
        throw new Exception("failed", `Token has ${token.length} bytes, not ${range}`);
      }
      const key = toKey(token);
      const policy = createLivePolicy(kind, label, narrowing);
      await listen();
      if (links.has(key)) throw new Exception("failed", "Another link has the same token");
      if (links.size >= LINK_LIMIT) {
        throw new Exception("overloaded", `Cannot share: there are ${LINK_LIMIT} links already`);
      }
      const link: Link = {
        live: { kind, label: label.slice(0, TEXT_LENGTH), image: image.slice(0, TEXT_LENGTH) },
        found: undefined,
        visits: 0,
      };
      links.set(key, link);
      let attached: { readonly revoker: Revoker; readonly end: (why: LiveEnd) => void } | undefined;
      const detach = (why: LiveEnd): void => {
        attached?.end(why);
        attached?.revoker.revoke();
        attached = undefined;
        link.found?.client[Symbol.dispose]();
        link.found?.tie[Symbol.dispose]();
        link.found = undefined;
      };
      const close = (why: LiveEnd): void => {
        expiry[Symbol.dispose]();
        if (links.get(key) === link) links.delete(key);
        detach(why);
      };
      const leftMs = untilMs < 0 ? Infinity : untilMs - wallMs();
      const share: LiveShare = {
        attach(client) {
          detach("stopped");
          if (client === undefined) return;
          if (links.get(key) !== link) return client[Symbol.dispose]();
          const { promise: ended, resolve: end } = Promise.withResolvers<LiveEnd>();
          const revoker = createRevoker(link.live.label);
          attached = { revoker, end };
          link.found = {
            client: attenuate(client, AnyClient, policy, { clock, lifetimes: [revoker.lifetime] }),
            // Not revoked with the client, so that visitors learn the reason.
            tie: serveTie(ended),
            attachedMs: wallMs(),
          };
        },
        get visits() {
          return link.visits;
        },
        [Symbol.dispose]: () => close("closed"),
      };
      const expiry = startExpiry(leftMs, () => close("expired"));
      return share;
    },
  };
}

function createLivePolicy(kind: Live["kind"], label: string, narrowing: NarrowingRecord): Policy {
  const quota = readQuota(narrowing);
  switch (kind) {
    case "screen":
      return createPolicy({
        label,
        ...quota,
        allow: [
          { interface: SharedTerminal, methods: ["output"] },
          { interface: ByteStream, methods: ["read", "close"] },
        ],
      });
    case "terminal":
      return createPolicy({
        label,
        ...quota,
        allow: [{ interface: SharedTerminal }, { interface: ByteStream }],
      });
    case "export":
      return createPolicy({ label, ...quota });
    default:
      throw new Exception("failed", `There is no link of kind ${String(kind)}`);
  }
}

function serveTie(ended: Promise<LiveEnd>): LiveTie {
  return serve(LiveTie, {
    wait: async ({ signal }) => ({ end: await untilAborted(ended, signal) }),
  });
}

function toKey(token: Uint8Array): string {
  return token.join();
}
