import { expect, test } from "vitest";
import { encodeText } from "#base";
import type { FileTree } from "#base";
import { generateKeyPair } from "@libp2p/crypto/keys";
import { peerIdFromPrivateKey } from "@libp2p/peer-id";
import { multiaddr } from "@multiformats/multiaddr";
import { readBootPeers } from "./boot-peers.ts";

function createTree(files: Readonly<Record<string, string>>): FileTree {
  return {
    entries: new Map(
      Object.entries(files).map(([path, text]) => [
        path,
        { type: "file", sizeBytes: encodeText(text).length } as const,
      ]),
    ),
    read: async (path, offset, lengthBytes) =>
      encodeText(files[path] ?? "").slice(offset, offset + lengthBytes),
  };
}

test("readBootPeers() gives peers by both spellings of their ids, and skips garbage", async () => {
  const peerId = peerIdFromPrivateKey(await generateKeyPair("Ed25519"));
  const other = peerIdFromPrivateKey(await generateKeyPair("Ed25519"));
  const address = "/ip4/127.0.0.1/tcp/4001/ws";
  const peers = await readBootPeers(
    createTree({
      [`boot/${peerId.toString()}`]: `${address}\n\nnonsense\n /dns4/a.example/tcp/1 \n`,
      [`boot/${other.toCID().toString()}`]: "",
      "boot/nonsense": address,
      "boot/deeper/12D3": address,
      "boot/\u202e": address,
      [`boot/${"x".repeat(300)}`]: "\0".repeat(100),
      "etc/12D3": address,
    }),
  );
  expect(peers).toEqual([
    {
      peerId: peerId.toMultihash().bytes,
      addrs: [multiaddr(address).bytes, multiaddr("/dns4/a.example/tcp/1").bytes],
    },
    { peerId: other.toMultihash().bytes, addrs: [] },
  ]);
});

test("readBootPeers() reads no large file, and no more than 32 peers", async () => {
  const ids = await Promise.all(
    Array.from({ length: 40 }, async () => peerIdFromPrivateKey(await generateKeyPair("Ed25519"))),
  );
  const files = Object.fromEntries(ids.map((id) => [`boot/${id.toString()}`, ""]));
  expect(await readBootPeers(createTree(files))).toHaveLength(32);
  const [id = ""] = ids.map(String);
  expect(await readBootPeers(createTree({ [`boot/${id}`]: "x".repeat(20_000) }))).toEqual([]);
});
