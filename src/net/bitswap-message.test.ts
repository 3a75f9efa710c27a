/** Compares messages with the specification's schema in another implementation of protobuf. */
import { concatBytes } from "#base";
import { assert, property, uint8Array } from "fast-check";
import { CID } from "multiformats/cid";
import { sha256 } from "multiformats/hashes/sha2";
import protobuf from "protobufjs";
import { describe, expect, test } from "vitest";
import { decodeMessage, encodeBlock, encodePresences, encodeWant } from "./bitswap-message.ts";

// https://specs.ipfs.tech/bitswap-protocol/#bitswap-1-2-0-wire-format
const Message = protobuf
  .parse(
    `syntax = "proto3";
    message Message {
      message Wantlist {
        enum WantType { Block = 0; Have = 1; }
        message Entry {
          bytes block = 1;
          int32 priority = 2;
          bool cancel = 3;
          WantType wantType = 4;
          bool sendDontHave = 5;
        }
        repeated Entry entries = 1;
        bool full = 2;
      }
      message Block { bytes prefix = 1; bytes data = 2; }
      enum BlockPresenceType { Have = 0; DontHave = 1; }
      message BlockPresence { bytes cid = 1; BlockPresenceType type = 2; }
      Wantlist wantlist = 1;
      repeated bytes blocks = 2;
      repeated Block payload = 3;
      repeated BlockPresence blockPresences = 4;
      int32 pendingBytes = 5;
    }`,
    { keepCase: true },
  )
  .root.lookupType("Message");

const data = new TextEncoder().encode("of a block");
const v1 = CID.createV1(0x55, await sha256.digest(data));
const v0 = CID.createV0(await sha256.digest(data));

/** The message without its length. */
const read = (framed: Uint8Array): unknown =>
  Message.toObject(Message.decodeDelimited(framed), { bytes: Array, defaults: false });
const write = (message: object): Uint8Array => Message.encode(Message.fromObject(message)).finish();
const plain = (bytes: Uint8Array): number[] => [...bytes];

test("encodeWant() asks for a block and for word of its absence, or takes that back", () => {
  const entry = { block: plain(v1.bytes), priority: 1 };
  expect(read(encodeWant(v1))).toEqual({
    wantlist: { entries: [{ ...entry, sendDontHave: true }] },
  });
  expect(read(encodeWant(v1, { isOver: true }))).toEqual({
    wantlist: { entries: [{ ...entry, cancel: true }] },
  });
});

test("encodeBlock() sends the block with all of its CID but the digest", () => {
  for (const [cid, prefix] of [
    [v1, [1, 0x55, 0x12, 32]],
    [v0, [0, 0x70, 0x12, 32]],
  ] as const) {
    expect(read(encodeBlock(cid, data))).toEqual({ payload: [{ prefix, data: plain(data) }] });
  }
});

test("encodePresences() says of each CID whether it is here", () => {
  const presences = [
    { cid: v0, isHere: true },
    { cid: v1, isHere: false },
  ];
  expect(read(encodePresences(presences))).toEqual({
    blockPresences: [
      { cid: plain(v0.bytes) }, // a field of value 0 is absent
      { cid: plain(v1.bytes), type: 1 },
    ],
  });
});

describe("decodeMessage()", () => {
  test("reads all that others say, and passes over the rest", () => {
    const { asked, blocks, presences } = decodeMessage(
      write({
        wantlist: {
          full: true,
          entries: [
            { block: v0.bytes, priority: -5 },
            { block: v1.bytes, priority: 2 ** 31 - 1, wantType: 1, sendDontHave: true },
            { block: v1.bytes, cancel: true },
          ],
        },
        blocks: [data],
        payload: [{ prefix: Uint8Array.of(1, 0x55, 0xa0, 0xe4, 2, 32), data }],
        blockPresences: [{ cid: v1.bytes, type: 1 }, { cid: v0.bytes }],
        pendingBytes: 1000,
      }),
    );
    expect(asked.map(({ cid, ...rest }) => [String(cid), rest])).toEqual([
      [String(v0), { isPresence: false, wantsAbsence: false }],
      [String(v1), { isPresence: true, wantsAbsence: true }],
    ]);
    const found = blocks.map(({ bytes, ...rest }) => ({ ...rest, bytes: plain(bytes) }));
    expect(found).toEqual([{ hashCode: 0xb220, digestBytes: 32, bytes: plain(data) }]);
    expect(presences.map(({ cid, isHere }) => [String(cid), isHere])).toEqual([
      [String(v1), false],
      [String(v0), true],
    ]);
  });

  test("reads the first 1024 wants of a million within a moment", () => {
    const one = write({ wantlist: { entries: [{ block: v1.bytes }] } }).subarray(2);
    const entries = concatBytes(Array.from({ length: 100_000 }, () => one));
    const message = protobuf.Writer.create().uint32(0x0a).bytes(entries).finish();
    const start = performance.now();
    expect(decodeMessage(message).asked).toHaveLength(1024);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  test("refuses two million blocks and presences of two bytes each", () => {
    for (const tag of [0x1a, 0x22, 0x28]) {
      const start = performance.now();
      expect(() =>
        decodeMessage(new Uint8Array(4_000_000).map((_, at) => (at % 2 ? 0 : tag))),
      ).toThrow();
      expect(performance.now() - start).toBeLessThan(1000);
    }
  });

  test("throws for what is no message, and ends", () => {
    assert(
      property(uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decodeMessage(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
