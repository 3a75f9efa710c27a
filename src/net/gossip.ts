/** Finds other tabs of this node's relays, and announces changes of names, by gossipsub, which is loaded on first use. */
import { createNotice, loadOnce } from "#base";
import type { Notice } from "#base";
import { stop } from "@libp2p/interface";
import type { PeerId } from "@libp2p/interface";
import type { GossipSub, Message } from "@libp2p/gossipsub";
import type { Multiaddr } from "@multiformats/multiaddr";
import type { CID } from "multiformats/cid";
import type { LateComponents } from "./create-libp2p.ts";
import { startLate } from "./late-service.ts";
import { toPath } from "./names.ts";

export interface FoundTab {
  readonly peerId: PeerId;
  /** Each ends with the peer's id, and may be dialled. */
  readonly addresses: readonly Multiaddr[];
}

export interface Gossip extends AsyncDisposable {
  /** From now on, announces this node's addresses, and listens to the other tabs. */
  join(): Promise<void>;
  /** Tabs that have announced themselves lately. */
  tabs(): readonly FoundTab[];
  /** Until the signal fires, notified when a peer announces, without proof, that the name has changed. */
  watchName(key: CID, signal: AbortSignal): Promise<Pick<Notice, "wait">>;
  /** Announces that a name has changed. */
  tellName(key: CID): Promise<void>;
}

export interface GossipOptions {
  readonly permits: (address: Multiaddr) => boolean;
  readonly onChanged: () => void;
}

/** Heartbeats, of about a second, between two announcements of this node if nothing has changed. */
const REPEAT_BEATS = 60;
/** Minimal number of heartbeats between two announcements. */
const PAUSE_BEATS = 3;
/** Heartbeats without an announcement after which a tab counts as gone. */
const SILENT_BEATS = 4 * REPEAT_BEATS;
const LIMIT_TABS = 128;

interface HeardTab extends FoundTab {
  readonly beat: number;
}

export function createGossip(
  components: LateComponents,
  { permits, onChanged }: GossipOptions,
): Gossip {
  const tabs = new Map<string, HeardTab>();
  const watched = new Map<string, { readonly notice: Notice; watchers: number }>();
  let isOver = false;

  const load = async (): Promise<Joined> => {
    const topic = await import("./tabs-topic.ts");
    const gossip = await startLate(components, topic.createGossip);
    let beat = 0;
    let lastBeat = -REPEAT_BEATS;
    let lastPlace = "";
    let hasNewTab = true;
    const announce = (): void => {
      beat++;
      for (const [id, tab] of tabs) {
        if (beat - tab.beat <= SILENT_BEATS) continue;
        tabs.delete(id);
        onChanged();
      }
      const addresses = components.addressManager.getAddresses();
      const place = addresses.map(String).toSorted().join(" ");
      const since = beat - lastBeat;
      const isDue = place !== lastPlace || hasNewTab ? since >= PAUSE_BEATS : since >= REPEAT_BEATS;
      if (!isDue || addresses.length === 0) return;
      if (gossip.getSubscribers(topic.TABS_TOPIC).length === 0) return;
      [lastPlace, lastBeat, hasNewTab] = [place, beat, false];
      // The announcement is repeated later.
      gossip.publish(topic.TABS_TOPIC, topic.encodePlace(addresses)).catch(() => undefined);
    };
    const receive = (message: Message): void => {
      watched.get(message.topic)?.notice.notify();
      if (message.topic !== topic.TABS_TOPIC || message.type !== "signed") return;
      const { from: peerId } = message;
      const id = peerId.toString();
      if (peerId.equals(components.peerId)) return;
      const addresses = (topic.parsePlace(message.data) ?? []).filter(
        (address) => address.toString().endsWith(`/p2p/${id}`) && permits(address),
      );
      if (addresses.length === 0) return;
      const known = tabs.get(id);
      if (known === undefined && tabs.size >= LIMIT_TABS) return;
      // A new tab does not know of this one yet.
      if (known === undefined) hasNewTab = true;
      tabs.set(id, { peerId, addresses, beat });
      onChanged();
    };
    gossip.addEventListener("gossipsub:heartbeat", announce);
    gossip.addEventListener("message", ({ detail }) => receive(detail));
    return { gossip, tabsTopic: topic.TABS_TOPIC };
  };
  const loading = loadOnce(load);

  return {
    async join() {
      const { gossip, tabsTopic } = await loading.get();
      if (!isOver) gossip.subscribe(tabsTopic);
    },
    tabs: () => [...tabs.values()],
    async watchName(key, signal) {
      const { gossip } = await loading.get();
      const topic = toNameTopic(key);
      const entry = watched.get(topic) ?? { notice: createNotice(), watchers: 0 };
      if (signal.aborted || isOver) return entry.notice;
      watched.set(topic, entry);
      if (entry.watchers++ === 0) gossip.subscribe(topic);
      const leave = (): void => {
        if (--entry.watchers > 0) return;
        watched.delete(topic);
        if (!isOver) gossip.unsubscribe(topic);
      };
      signal.addEventListener("abort", leave, { once: true });
      return entry.notice;
    },
    async tellName(key) {
      const { gossip } = await loading.get();
      // The message is empty: its topic names the name.
      await gossip.publish(toNameTopic(key), new Uint8Array(0));
    },
    async [Symbol.asyncDispose]() {
      isOver = true;
      const joined = await loading.peek();
      if (joined !== undefined) await stop(joined.gossip);
    },
  };
}

interface Joined {
  readonly gossip: GossipSub;
  readonly tabsTopic: string;
}

/** The topic on which nodes announce that a name has changed. */
export function toNameTopic(key: CID): string {
  return `/ww/0.1.0/names/${toPath(key).slice("/ipns/".length)}`;
}
