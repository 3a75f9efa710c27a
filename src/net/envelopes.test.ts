import { generateKeyPair, publicKeyToProtobuf } from "@libp2p/crypto/keys";
import { expect, test } from "vitest";
import { encodeText } from "#base";
import { openEnvelope, sealEnvelope, verifySignature } from "./envelopes.ts";

const TYPE = encodeText("/a/challenge");
const PAYLOAD = encodeText("nonce");

test("openEnvelope() gives what was sealed for its domain, and no other", async () => {
  const key = await generateKeyPair("Ed25519");
  const envelope = await sealEnvelope(key, "a", TYPE, PAYLOAD);
  expect(await openEnvelope("a", envelope)).toEqual({
    publicKey: publicKeyToProtobuf(key.publicKey),
    payloadType: TYPE,
    payload: PAYLOAD,
  });
  await expect(openEnvelope("b", envelope)).rejects.toThrow('Not an envelope of "b"');
  for (const at of [20, envelope.length - 1]) {
    const damaged = envelope.slice();
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    await expect(openEnvelope("a", damaged)).rejects.toMatchObject({ kind: "failed" });
  }
  await expect(openEnvelope("a", new Uint8Array(0))).rejects.toMatchObject({ kind: "failed" });
});

test("verifySignature() is true for the key's own signatures only", async () => {
  const key = await generateKeyPair("Ed25519");
  const signature = await key.sign(PAYLOAD);
  const publicKey = publicKeyToProtobuf(key.publicKey);
  expect(await verifySignature(PAYLOAD, signature, publicKey)).toBe(true);
  expect(await verifySignature(TYPE, signature, publicKey)).toBe(false);
  expect(await verifySignature(PAYLOAD, signature, encodeText("no key"))).toBe(false);
});
