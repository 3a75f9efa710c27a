import { peerIdFromString } from "@libp2p/peer-id";
import { expect, test } from "vitest";
import { multiaddr } from "@multiformats/multiaddr";
import { decodeAddress, parsePeerAddress, parsePeerId } from "./address.ts";

const RELAY = "12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5";
const PEER = "12D3KooWKnDdG3iXw9eTFijk3EWSunZcFi54Zka4wmtqtt6rPxc8";
const BEHIND = `/ip4/127.0.0.1/tcp/9/ws/p2p/${RELAY}/p2p-circuit`;

test.each([
  [`/ip4/127.0.0.1/tcp/9/ws/p2p/${PEER}`, [`/ip4/127.0.0.1/tcp/9/ws/p2p/${PEER}`]],
  [`${BEHIND}/p2p/${PEER}`, [`${BEHIND}/p2p/${PEER}`]],
  // A direct connection may be impossible.
  [`${BEHIND}/webrtc/p2p/${PEER}`, [`${BEHIND}/webrtc/p2p/${PEER}`, `${BEHIND}/p2p/${PEER}`]],
])("parsePeerAddress() reads the last id, and where the peer is: %s", (text, places) => {
  const { peerId, addresses } = parsePeerAddress(text);
  expect(peerId.toString()).toBe(PEER);
  expect(addresses.map(String)).toEqual(places);
});

test.each([
  "",
  "somewhere",
  PEER,
  "/ip4/127.0.0.1/tcp/9/ws",
  `${BEHIND}/p2p/${PEER}/ws`,
  `/ip4/127.0.0.1/tcp/9/ws/p2p/${PEER}x`,
  BEHIND,
])("parsePeerAddress() refuses %j", (text) => {
  expect(() => parsePeerAddress(text)).toThrow(/^Not the address of a peer/);
});

test("parsePeerId() takes an id as text and as a CID, and nothing else", () => {
  const bytes = peerIdFromString(PEER).toMultihash().bytes;
  expect(parsePeerId(PEER)).toEqual(bytes);
  expect(parsePeerId(peerIdFromString(PEER).toCID().toString())).toEqual(bytes);
  for (const text of ["", "12D3", "bafy", "a peer"]) {
    expect(() => parsePeerId(text)).toThrow(/^invalid peer ID: ./);
  }
});

test("decodeAddress() gives an address with its peer id, and nothing for bytes that are none or too many", () => {
  const peerId = peerIdFromString(PEER);
  const decode = (text: string): string | undefined =>
    decodeAddress(multiaddr(text).bytes, peerId)?.toString();
  expect(decode("/dns4/a.example/tcp/9")).toBe(`/dns4/a.example/tcp/9/p2p/${PEER}`);
  expect(decode(`/dns4/a.example/tcp/9/p2p/${PEER}`)).toBe(`/dns4/a.example/tcp/9/p2p/${PEER}`);
  expect(decode(`/dns4/a.example/tcp/9/p2p/${RELAY}`)).toBeUndefined();
  expect(decode(`/dns4/${"a".repeat(1_000)}/tcp/9`)).toBeUndefined();
  expect(decodeAddress(Uint8Array.of(1, 2, 3), peerId)).toBeUndefined();
});
