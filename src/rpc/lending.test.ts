import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { connectChain } from "./chain.testing.ts";
import type { ConnectionOptions } from "./connection.ts";
import { Peer } from "./interop/generated/interop.ts";
import type { AllTypes, PeerServer } from "./interop/generated/interop.ts";
import { servePeer } from "./interop/serve-peer.ts";
import { TRANSPORTS } from "./transports.testing.ts";
import type { OpenTransports } from "./transports.testing.ts";
import { connectVats } from "./vats.testing.ts";
import type { VatPair } from "./vats.testing.ts";

const LENT: ConnectionOptions = { lendsData: true };
const LARGE_BYTES = 64 * 1024;

const openPorts = TRANSPORTS.find(([name]) => name === "a port")?.[1] as OpenTransports;

function connectOverPorts(peer: PeerServer, options: ConnectionOptions = LENT): VatPair<Peer> {
  return connectVats(Peer, peer, openPorts(), options);
}

function filled(value: number, length: number = LARGE_BYTES): Uint8Array {
  return new Uint8Array(length).fill(value);
}

describe("lent bytes", () => {
  test("of results are good until the results are disposed, whatever comes meanwhile", async () => {
    await using vats = connectOverPorts(servePeer().peer);
    using kept = await vats.root.echoAll({ data: filled(1) });
    for (let value = 2; value < 12; value++) {
      using results = await vats.root.echoAll({ data: filled(value) });
      expect(results.value.data).toEqual(filled(value));
    }
    expect(kept.value.data).toEqual(filled(1));
  });

  test("of disposed results leave with the next large message", async () => {
    await using vats = connectOverPorts(servePeer().peer);
    const results = await vats.root.echoAll({ data: filled(1) });
    const { data } = results.value;
    results[Symbol.dispose]();
    results[Symbol.dispose]();
    using next = await vats.root.echoAll({ data: filled(2) });
    expect(data).toHaveLength(0);
    // Memory that was disposed twice is not reused twice.
    const pair = [vats.root.echoAll({ data: filled(3) }), vats.root.echoAll({ data: filled(4) })];
    const [third, fourth] = await Promise.all(pair);
    expect(third?.value.data).toEqual(filled(3));
    expect(fourth?.value.data).toEqual(filled(4));
    expect(next.value.data).toEqual(filled(2));
  });

  test("of parameters are good until the call returns, and gone with what is sent later", async () => {
    const seen: Uint8Array[] = [];
    const gate = Promise.withResolvers<void>();
    await using vats = connectOverPorts({
      ...servePeer().peer,
      async echoAll(value) {
        seen.push(value.data);
        if (seen.length === 1) await gate.promise;
        return { value };
      },
    });
    const waiting = vats.root.echoAll({ data: filled(1) });
    for (const value of [2, 3, 4]) {
      using results = await vats.root.echoAll({ data: filled(value) });
      expect(results.value.data).toEqual(filled(value));
    }
    expect(seen[0]).toEqual(filled(1));
    expect(seen[1]).toHaveLength(0);
    gate.resolve();
    using first = await waiting;
    expect(first.value.data).toEqual(filled(1));
  });

  test("are nobody's but the receiver's where that was not asked for", async () => {
    const seen: Uint8Array[] = [];
    await using vats = connectOverPorts(
      {
        ...servePeer().peer,
        echoAll(value) {
          seen.push(value.data);
          return { value };
        },
      },
      {},
    );
    for (const value of [1, 2, 3]) {
      using results = await vats.root.echoAll({ data: filled(value) });
      seen.push(results.value.data);
    }
    expect(seen).toEqual([1, 1, 2, 2, 3, 3].map((value) => filled(value)));
  });

  test.each(TRANSPORTS)(
    "are what was sent, in any size and order of letting go, over %s and through a third vat",
    async (_, open) => {
      const length = fc.oneof(fc.nat(300), fc.nat(20_000), fc.nat(120_000));
      const value = fc.record({ first: length, second: length, numbers: fc.nat(2000) });
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(value, fc.boolean()), { minLength: 1, maxLength: 24 }),
          async (orders) => {
            await using chain = connectChain(servePeer().peer, open, LENT);
            const held: Disposable[] = [];
            await Promise.all(
              orders.map(async ([{ first, second, numbers }, lets], at) => {
                const sent = toValue(at, first, second, numbers);
                const results = await chain.root.echoAll(sent);
                await Promise.resolve();
                expect(results.value).toMatchObject(sent);
                if (lets) results[Symbol.dispose]();
                else held.push(results);
              }),
            );
            for (const results of held) results[Symbol.dispose]();
          },
        ),
        { numRuns: 12 },
      );
    },
  );
});

/** Parameters that mix zeros with other bytes, so that recycled memory that was not cleared shows. */
function toValue(at: number, first: number, second: number, numbers: number): Partial<AllTypes> {
  return {
    data: filled(at + 1, first),
    int32s: Array.from({ length: numbers }, () => 0),
    datas: [filled(at + 2, second), filled(0, 9)],
    uint64: 0n,
    text: `call ${at}`,
  };
}
