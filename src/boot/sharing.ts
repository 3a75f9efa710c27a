/** Shares images and running programs with other tabs. */
import { effect, signal as createSignal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { Exception } from "#base";
import { dup, serve } from "#capnp";
import type { Client } from "#capnp";
import { encodeLink, parseImageName } from "#image";
import type { Content } from "#net";
import { SharedTerminal } from "#schema";
import type { Share } from "#schema";
import { encodeLiveLink, serveSharedTerminal } from "#ui";
import type { SharedItem, SharedSession, ShareKind, Sharing } from "#ui";
import type { CID } from "multiformats/cid";
import type { KeptShare, KeptShares } from "./kept-shares.ts";
import type { LoadedKernel } from "./kernel.ts";
import type { Load } from "./load.ts";
import type { Mesh } from "./mesh.ts";
import { nameLayers } from "./name-layers.ts";
import { createSharedImages } from "./shared-images.ts";

export interface SharingPowers {
  readonly mesh: Pick<Mesh, "locate" | "share">;
  readonly content: Load<Content>;
  readonly kernel: Load<LoadedKernel>;
  readonly kept: KeptShares;
  /** Asks the browser for persistent storage. */
  readonly persist: () => Promise<unknown>;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
  /** All sessions of the page. */
  readonly sessions: ReadonlySignal<readonly SharedSession[]>;
}

/** How long to wait until others can reach this tab. */
const LOCATE_MS = 15_000;
/** The latest time that a `Date` can have. */
const LAST_MS = 8.64e15;
const TOKEN_BYTES = 16;
const NOTHING = new Uint8Array(0);
const KIND_LABELS = {
  screen: "Screen",
  terminal: "Terminal",
  export: "Export",
} as const;
/** The service that any peer can dial, without a link. */
const MEMBRANE = "membrane";

/** A share that is in effect. */
interface Entry {
  readonly share: KeptShare;
  /** The kernel's share; shared images have none. */
  live: Share | undefined;
  /** The session that the share leads to. */
  session: SharedSession | undefined;
  visits: number | undefined;
}

/** Opens sharing, and resumes what this tab has shared before. */
export async function openSharing(powers: SharingPowers): Promise<Sharing> {
  const { mesh, content, kernel, kept, wallMs, sessions } = powers;
  const entries = new Map<number, Entry>();
  const items = createSignal<readonly SharedItem[]>([]);
  const blocks = await content.get();
  const images = createSharedImages(blocks);
  let serving: Promise<unknown> | undefined;

  const show = (): void => {
    items.value = [...entries.values()].map(toItem);
  };
  const serveImages = async (): Promise<void> => {
    serving ??= mesh.share(images);
    try {
      await serving;
    } catch (error) {
      serving = undefined;
      throw error;
    }
  };
  /** Shares all of the layers, or none if one fails. */
  const addImages = async (layers: readonly string[]): Promise<void> => {
    const added: CID[] = [];
    try {
      for (const root of toRoots(layers)) {
        await images.add(root);
        added.push(root);
      }
      await serveImages();
    } catch (error) {
      for (const root of added) images.remove(root);
      throw error;
    }
  };
  /** Attaches the share to a session, until the session ends. */
  const attach = async (entry: Entry, session: SharedSession): Promise<void> => {
    entry.session = session;
    try {
      using target = toTarget(entry.share, session);
      await entry.live?.attach(target);
    } catch {
      entry.session = undefined; // the session or the kernel has ended
    }
    show();
    void session.ended.then(async () => {
      if (entry.session !== session) return;
      entry.session = undefined;
      show();
      await entry.live?.attach(null).catch(() => undefined); // the kernel has ended
      attachAll(sessions.value);
    });
  };
  /** Attaches each share that leads nowhere to a running session of the same layers. */
  const attachAll = (all: readonly SharedSession[]): void => {
    const running = all.filter(({ stage, outcome }) => {
      const isRunning = stage.value.which === "running";
      return isRunning && outcome.value === undefined;
    });
    for (const entry of entries.values()) {
      if (entry.live === undefined || entry.session !== undefined) continue;
      const session = running.find(({ layers }) => isSame(layers, entry.share.layers));
      if (session !== undefined) void attach(entry, session); // never rejects
    }
  };
  const begin = async (share: KeptShare): Promise<Entry> => {
    const { kind } = share;
    const entry: Entry = { share, live: undefined, session: undefined, visits: undefined };
    if (kind === "image") {
      await addImages(share.layers);
    } else {
      await open(entry, kind);
    }
    entries.set(share.id, entry);
    return entry;
  };
  /** Registers the share with the kernel, and again with a new kernel after that one is lost. */
  const open = async (entry: Entry, kind: Exclude<ShareKind, "image">): Promise<void> => {
    const { token, image, calls, untilMs = -1 } = entry.share;
    const { owner, lost } = await kernel.get();
    const narrowing = { calls: calls ?? -1 };
    using results = await (kind === MEMBRANE
      ? owner.serve(MEMBRANE, narrowing, untilMs)
      : owner.share({ token, kind, label: KIND_LABELS[kind], image, narrowing, untilMs }));
    entry.live = dup(results.share);
    entry.visits = 0;
    void lost.then(async () => {
      entry.live = undefined;
      entry.session = undefined;
      if (entries.get(entry.share.id) !== entry) return;
      show();
      await open(entry, kind).catch(() => undefined); // the next visit tries again
      attachAll(sessions.value);
    });
  };
  const stop = async (id: number): Promise<void> => {
    const entry = entries.get(id);
    if (entry === undefined) return;
    entries.delete(id);
    show();
    entry.live?.[Symbol.dispose]();
    if (entry.share.kind === "image")
      for (const root of toRoots(entry.share.layers)) images.remove(root);
    await kept.remove(id);
  };
  const refresh = async (): Promise<void> => {
    const reading = [...entries.values()].map(async (entry) => {
      const found = await entry.live?.visits();
      if (found !== undefined) entry.visits = found.visits;
    });
    await Promise.allSettled(reading); // the kernel may have ended
    show();
  };
  const stopLater = ({ share: { id, untilMs } }: Entry): void => {
    if (untilMs === undefined) return;
    // Timers are limited to 2³¹ ms; a later visit ends the share.
    const leftMs = untilMs - wallMs();
    if (leftMs < 2 ** 31) setTimeout(() => void stop(id), Math.max(0, leftMs));
  };

  const { peerId } = await mesh.locate({ signal: AbortSignal.timeout(LOCATE_MS) });
  for (const share of await kept.list(peerId)) {
    if (share.untilMs !== undefined && share.untilMs <= wallMs()) {
      await kept.remove(share.id);
      continue;
    }
    // A share that fails, such as an image whose blocks are gone, is tried again with the next visit.
    await begin(share).then(stopLater, () => undefined);
  }
  show();
  effect(() => attachAll(sessions.value));

  return {
    items,
    async share(session, { kind, minutes, calls }) {
      const layers = nameLayers(session.layers);
      if (layers === undefined) {
        throw new Exception("failed", "Cannot share: the image has no lasting name");
      }
      const place = await locate(mesh);
      // If the browser refuses, it may evict the blocks some day.
      if (kind === "image") void powers.persist().catch(() => undefined);
      const image = encodeLink(session.layers, { args: session.args });
      const hasLink = kind !== "image" && kind !== MEMBRANE;
      const token = hasLink ? crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)) : NOTHING;
      const path = toPath(kind, session, token, place.addresses);
      const sinceMs = wallMs();
      const untilMs =
        minutes === undefined ? undefined : Math.min(sinceMs + minutes * 60_000, LAST_MS);
      const { layers: named } = session;
      const about = { kind, image, layers: named, path, token, calls, sinceMs, untilMs };
      const share = await kept.add({ ...about, peerId: place.peerId });
      try {
        const entry = await begin(share);
        if (kind !== "image") await attach(entry, session);
        stopLater(entry);
        show();
        return toItem(entry);
      } catch (error) {
        await kept.remove(share.id);
        throw error;
      }
    },
    refresh,
    stop,
  };
}

/** Addresses by which others reach this tab. @throws {Exception} `disconnected` when it has none in time */
async function locate(mesh: SharingPowers["mesh"]): ReturnType<Mesh["locate"]> {
  const limit = AbortSignal.timeout(LOCATE_MS);
  try {
    return await mesh.locate({ signal: limit, isReachable: true });
  } catch (error) {
    if (!limit.aborted) throw error;
    const state = "no relay has room for it, so others could not reach it";
    throw new Exception("disconnected", `Cannot share from this tab: ${state}`, { cause: error });
  }
}

/** @see SharedItem.path */
function toPath(
  kind: ShareKind,
  { layers, args }: SharedSession,
  token: Uint8Array,
  addresses: readonly string[],
): string {
  if (kind === "image") return encodeLink(layers, { args, peers: addresses });
  return kind === MEMBRANE ? (addresses[0] ?? "") : encodeLiveLink(token, addresses);
}

/** The capability that visitors of a share get. */
function toTarget({ kind }: KeptShare, session: SharedSession): Client {
  if (kind === "export" || kind === MEMBRANE) return session.bootstrap();
  return serve(SharedTerminal, serveSharedTerminal(session.terminal));
}

function toItem({ share, session, visits }: Entry): SharedItem {
  const { id, kind, image, path, sinceMs, untilMs } = share;
  return {
    id,
    kind,
    image,
    path,
    sinceMs,
    untilMs,
    isLive: kind === "image" || session !== undefined,
    visits,
  };
}

function toRoots(layers: readonly string[]): readonly CID[] {
  return layers.flatMap((layer) => {
    const name = parseImageName(layer);
    return name.type === "name" ? [name.cid] : [];
  });
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return JSON.stringify(some) === JSON.stringify(others);
}
