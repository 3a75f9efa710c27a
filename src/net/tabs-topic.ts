/** The topic on which tabs of a relay announce their addresses; signed by gossipsub, validated by every forwarding node. */
import { decodeText, encodeText } from "#base";
import { TopicValidatorResult } from "@libp2p/gossipsub";
import type { GossipSub, GossipSubComponents, TopicValidatorFn } from "@libp2p/gossipsub";
import { gossipsub } from "@libp2p/gossipsub";
import { multiaddr } from "@multiformats/multiaddr";
import type { Multiaddr } from "@multiformats/multiaddr";

export const TABS_TOPIC = "/ww/0.1.0/tabs";

/** Bounds of a message. */
const LIMIT_BYTES = 2048;
const LIMIT_ADDRESSES = 8;
/** A heartbeat is a second. In this many, a tab may announce its addresses twice: at once, and after a change. */
const WINDOW_BEATS = 5;
const WINDOW_MESSAGES = 2;
const WINDOW_AUTHORS = 512;

/** Addresses with the peer's id, as a message. */
export function encodePlace(addresses: readonly Multiaddr[]): Uint8Array {
  const addrs = addresses.slice(0, LIMIT_ADDRESSES).map(String);
  return encodeText(JSON.stringify({ addrs }));
}

/** `undefined` when the message is malformed, or holds anything but addresses. */
export function parsePlace(data: Uint8Array): readonly Multiaddr[] | undefined {
  if (data.length > LIMIT_BYTES) return undefined;
  try {
    const { addrs } = JSON.parse(decodeText(data)) as { readonly addrs?: unknown };
    if (!Array.isArray(addrs) || addrs.length > LIMIT_ADDRESSES) return undefined;
    return addrs.map((address: unknown) => {
      if (typeof address !== "string") throw new TypeError("Not a text");
      return multiaddr(address);
    });
  } catch {
    return undefined;
  }
}

/** A gossipsub service for a tab or a relay, which validates the messages on `TABS_TOPIC`. */
export function createGossip(components: GossipSubComponents): GossipSub {
  const gossip = gossipsub({
    // No peer is dialled because another peer names it.
    doPX: false,
    fallbackToFloodsub: false,
    // Needed for names that no peer here follows.
    allowPublishToZeroTopicPeers: true,
    maxInboundDataLength: 64 * 1024,
    maxTopicBytesPerPeer: 128 * 1024,
  })(components);
  const heard = new Map<string, number>();
  let beats = 0;
  gossip.addEventListener("gossipsub:heartbeat", () => {
    if (++beats % WINDOW_BEATS === 0) heard.clear();
  });
  const validate: TopicValidatorFn = (_from, message) => {
    if (message.type !== "signed" || parsePlace(message.data) === undefined) {
      return TopicValidatorResult.Reject;
    }
    const author = message.from.toString();
    const count = (heard.get(author) ?? 0) + 1;
    if (count > WINDOW_MESSAGES || (count === 1 && heard.size >= WINDOW_AUTHORS)) {
      return TopicValidatorResult.Ignore;
    }
    heard.set(author, count);
    return TopicValidatorResult.Accept;
  };
  gossip.topicValidators.set(TABS_TOPIC, validate);
  return gossip;
}
