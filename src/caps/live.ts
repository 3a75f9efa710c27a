/** Links to what runs here, for visitors in other tabs. @see capnp/common/live.capnp */
import { Exception, untilAborted } from "#base";
import { AnyClient, dup, serve } from "#capnp";
import type { Client } from "#capnp";
import { ByteStream, LiveDoor, LiveTie, SharedTerminal } from "#schema";
import type { Live, LiveDoorServer, NarrowingRecord } from "#schema";
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
  /** Since 1970. */
  readonly wallMs: () => number;
}

export interface ShareOrder {
  /** Unguessable; lent. */
  readonly token: Uint8Array;
  readonly kind: Live["kind"];
  readonly label: string;
  /** The path of the image's link. */
  readonly image: string;
  readonly narrowing: NarrowingRecord;
  /** Since 1970; below 0 for no end. */
  readonly untilMs: number;
}

/** A link, until it is disposed. */
export interface LiveShare extends Disposable {
  /** What it leads to from now on, which it takes over; what it led to before ends. */
  attach(client: Client | undefined): void;
  readonly visits: number;
}

export interface LiveLinks {
  /**
   * Resolves when visitors can open it.
   *
   * @throws {Exception} `failed` for a token that is too short or taken, `overloaded` when there are too many.
   */
  share(order: ShareOrder): Promise<LiveShare>;
}

const SERVICE = "live";
const LEAST_BYTES = 16;
const MOST_BYTES = 64;
const LINK_LIMIT = 256;
const TEXT_LENGTH = 200;

/** What visitors find under a token. */
interface Link {
  readonly live: Omit<Live, "cap" | "tie">;
  /** Undefined while nothing is attached. */
  found: { readonly client: Client; readonly tie: LiveTie } | undefined;
  visits: number;
}

export function createLiveLinks({ vats, clock, wallMs }: LivePowers): LiveLinks {
  const links = new Map<string, Link>();
  let serving: Promise<void> | undefined;
  const door: LiveDoorServer = {
    open(token) {
      // Text for a longer one would take the time of others.
      const link = token.length > MOST_BYTES ? undefined : links.get(toKey(token));
      if (link === undefined) {
        throw new Exception("failed", "The link leads to nothing here: it has ended, or is cut");
      }
      const { live, found } = link;
      if (found === undefined) {
        throw new Exception("disconnected", `"${live.label}" does not run now`);
      }
      link.visits++;
      return { live: { ...live, cap: dup(found.client), tie: dup(found.tie) } };
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
      let attached: Revoker | undefined;
      const detach = (): void => {
        attached?.revoke();
        attached = undefined;
        link.found?.client[Symbol.dispose]();
        link.found?.tie[Symbol.dispose]();
        link.found = undefined;
      };
      const leftMs = untilMs < 0 ? Infinity : untilMs - wallMs();
      const share: LiveShare = {
        attach(client) {
          detach();
          if (client === undefined) return;
          if (links.get(key) !== link) return client[Symbol.dispose]();
          attached = createRevoker(link.live.label);
          const options = { clock, lifetimes: [attached.lifetime] };
          link.found = {
            client: attenuate(client, AnyClient, policy, options),
            tie: attenuate(serveTie(), LiveTie, createPolicy({ label }), options),
          };
        },
        get visits() {
          return link.visits;
        },
        [Symbol.dispose]() {
          expiry[Symbol.dispose]();
          if (links.get(key) === link) links.delete(key);
          detach();
        },
      };
      const expiry = startExpiry(leftMs, () => share[Symbol.dispose]());
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

/** Its calls end with the boundary around it. */
function serveTie(): LiveTie {
  return serve(LiveTie, {
    wait: ({ signal }) => untilAborted(new Promise<never>(() => undefined), signal),
  });
}

function toKey(token: Uint8Array): string {
  return token.join();
}
