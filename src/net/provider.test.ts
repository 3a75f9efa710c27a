/** Limits on what a gateway may send. */
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { concatBytes } from "#base";
import { encode, prepare } from "@ipld/dag-pb";
import { varint } from "multiformats";
import { CID } from "multiformats/cid";
import { create } from "multiformats/hashes/digest";
import { sha256, sha512 } from "multiformats/hashes/sha2";
import { expect, test, vi } from "vitest";
import { createGateway } from "./provider.ts";
import { answerFrom, makeCar, makeImage, startServer } from "./http.testing.ts";
import type { Trouble } from "./trouble.ts";

vi.setConfig({ testTimeout: 30_000 });

const image = await makeImage();
const car = await makeCar(image.root, image.blocks);
const header = car.subarray(0, 1 + (car[0] ?? 0));
const [, rootBlock = new Uint8Array()] = [...image.blocks][0] ?? [];
const CAR_HEAD = { "content-type": "application/vnd.ipld.car; version=1" };

/** Fetches the DAG from a server. @returns the accepted blocks and the failure */
async function fetchFrom(
  answer: Parameters<typeof startServer>[0],
  { stallMs = 60_000, signal }: { stallMs?: number; signal?: AbortSignal } = {},
): Promise<{ blocks: string[]; trouble: Trouble | undefined; waits: (number | undefined)[] }> {
  await using server = await startServer(answer);
  const blocks: string[] = [];
  const waits: (number | undefined)[] = [];
  const onBlock = async (cid: CID): Promise<void> => void blocks.push(cid.toString());
  const trouble = await createGateway(server.url, fetch, stallMs).fetchDag(
    image.root,
    { onBlock, onBytes: () => undefined },
    { signal, onWait: (seconds) => waits.push(seconds) },
  );
  return { blocks, trouble, waits };
}

function prefix(length: number): Uint8Array {
  return varint.encodeTo(length, new Uint8Array(varint.encodingLength(length)));
}

/** Sends the same bytes for ever, as fast as they are read. */
async function pour(response: ServerResponse, chunk: Uint8Array): Promise<void> {
  const endless = function* (): Generator<Uint8Array> {
    for (;;) yield chunk;
  };
  await pipeline(Readable.from(endless()), response).catch(() => undefined);
}

const hostile: [string, Uint8Array, Uint8Array, RegExp][] = [
  [
    "a block of 3 GB",
    concatBytes([header, prefix(3e9), image.root.bytes]),
    new Uint8Array(1 << 20),
    /^sends no usable CAR: a part of it claims 2999999964 bytes, and 4194304 is the limit$/,
  ],
  [
    "a header of 3 GB",
    prefix(3e9),
    new Uint8Array(1 << 20),
    /^sends no usable CAR: a part of it claims 3000000000 bytes, and 4194304 is the limit$/,
  ],
  [
    "a block that is shorter than its CID",
    concatBytes([header, prefix(5), image.root.bytes]),
    new Uint8Array(1 << 20),
    /^sends no usable CAR: a part of it claims -31 bytes/,
  ],
  [
    "the same block for ever",
    header,
    concatBytes(
      Array.from({ length: 5000 }, () => [
        prefix(image.root.bytes.length + rootBlock.length),
        image.root.bytes,
        rootBlock,
      ]).flat(),
    ),
    /^sends the same blocks repeatedly$/,
  ],
];
for (const [name, start, chunk, found] of hostile) {
  test(`fetchDag() gives up a CAR that has ${name}`, async () => {
    let closed: Promise<unknown> = Promise.resolve();
    const { trouble } = await fetchFrom((_, response) => {
      closed = once(response, "close");
      response.writeHead(200, CAR_HEAD);
      response.write(start);
      void pour(response, chunk);
    });
    expect(trouble).toMatchObject({ type: "unusable", found: expect.stringMatching(found) });
    // The client stops reading.
    await closed;
  });
}

test("fetchDag() gives up a gateway that sends a byte now and then", async () => {
  const { trouble } = await fetchFrom(
    (_, response) => {
      response.writeHead(200, CAR_HEAD);
      let at = 0;
      const drip = setInterval(() => response.write(car.subarray(at, ++at)), 50);
      response.on("close", () => clearInterval(drip));
    },
    { stallMs: 500 },
  );
  expect(trouble).toMatchObject({ type: "slow", stallMs: 500 });
});

test("fetchDag() takes blocks in any order, each once", async () => {
  const blocks = [...image.blocks].toReversed();
  const stranger = await makeCar(image.root, [...blocks, ...blocks]);
  const { blocks: told, trouble } = await fetchFrom((_, response) => {
    response.writeHead(200, CAR_HEAD).end(stranger);
  });
  expect(trouble).toBe(undefined);
  expect(told.toSorted()).toEqual([...image.blocks.keys()].toSorted());
});

test("fetchDag() keeps no more than 64 MiB of what nothing leads to", async () => {
  const strangers: [string, Uint8Array][] = [];
  for (let at = 0; at < 65; at++) {
    const bytes = new Uint8Array(1 << 20).fill(at);
    strangers.push([CID.createV1(0x55, await sha256.digest(bytes)).toString(), bytes]);
  }
  const many = await makeCar(image.root, strangers);
  const { trouble, blocks } = await fetchFrom((_, response) => {
    response.writeHead(200, CAR_HEAD).end(many);
  });
  expect(trouble).toMatchObject({
    type: "unusable",
    found: "sent too many blocks without a parent",
  });
  expect(blocks).toEqual([]);
});

test("fetchDag() stops with the signal's reason, whatever has arrived already", async () => {
  await using server = await startServer((_, response) => {
    response.writeHead(200, CAR_HEAD).end(car);
  });
  const stop = new AbortController();
  const told: string[] = [];
  const onBlock = async (cid: CID): Promise<void> => {
    told.push(cid.toString());
    stop.abort(new Error("enough"));
  };
  const fetched = createGateway(server.url, fetch, 60_000).fetchDag(
    image.root,
    { onBlock, onBytes: () => undefined },
    { signal: stop.signal },
  );
  await expect(fetched).rejects.toThrow("enough");
  expect(told).toEqual([image.root.toString()]);
});

test("fetchDag() takes a content type in any case", async () => {
  const { blocks, trouble } = await fetchFrom((_, response) => {
    response.writeHead(200, { "content-type": "Application/Vnd.IPLD.Car; Version=1" }).end(car);
  });
  expect(trouble).toBe(undefined);
  expect(blocks.length).toBe(image.blocks.size);
});

for (const status of [429, 503]) {
  test(`fetchDag() waits as long as a busy gateway asks to, after status ${status}`, async () => {
    let asked = 0;
    const { blocks, waits } = await fetchFrom((path, response) => {
      if (++asked > 2) return answerFrom(image)(path, response);
      response.writeHead(status, { "retry-after": "0" }).end();
    });
    expect(blocks.length).toBe(image.blocks.size);
    expect(waits).toEqual([0, undefined, 0, undefined]);
  });
}

test("fetchDag() waits neither for ever nor for long, and stops waiting with the signal's reason", async () => {
  let asked = 0;
  const always = await fetchFrom((_, response) => {
    asked++;
    response.writeHead(429, { "retry-after": "0" }).end();
  });
  expect(always.trouble).toMatchObject({ type: "refused", found: "is too busy (HTTP 429)" });
  expect(asked).toBe(6);
  const tomorrow = await fetchFrom((_, response) => {
    response.writeHead(503, { "retry-after": "86400" }).end();
  });
  expect(tomorrow.trouble).toMatchObject({ type: "busy", seconds: 86_400 });
  const stop = new AbortController();
  const stopped = fetchFrom(
    (_, response) => {
      response.writeHead(503, { "retry-after": "50" }).end(() => stop.abort(new Error("enough")));
    },
    { signal: stop.signal },
  );
  await expect(stopped).rejects.toThrow("enough");
});

/** A directory with one file, whose block has a given hash. */
async function linkTo(
  multihash: ConstructorParameters<typeof CID>[2],
  bytes: Uint8Array,
): Promise<{ root: CID; blocks: [string, Uint8Array][] }> {
  const leaf = CID.createV1(0x55, multihash);
  const Links = [{ Name: "f", Hash: leaf, Tsize: bytes.length }];
  const directory = encode(prepare({ Data: Uint8Array.of(8, 1), Links }));
  const root = CID.createV1(0x70, await sha256.digest(directory));
  return {
    root,
    blocks: [
      [root.toString(), directory],
      [leaf.toString(), bytes],
    ],
  };
}

test("fetchDag() checks blocks by SHA-512, and says so of a hash that it does not know", async () => {
  const bytes = new TextEncoder().encode("hello");
  for (const [multihash, reason] of [
    [await sha512.digest(bytes), undefined],
    [create(0x11, new Uint8Array(20)), /^Cannot verify "baf\w+": its hash is of kind 0x11, only /],
  ] as const) {
    const { root, blocks } = await linkTo(multihash, bytes);
    const whole = await makeCar(root, blocks);
    await using server = await startServer((_, response) => {
      response.writeHead(200, CAR_HEAD).end(whole);
    });
    const told: string[] = [];
    const onBlock = async (cid: CID): Promise<void> => void told.push(cid.toString());
    const gateway = createGateway(server.url, fetch, 60_000);
    const fetched = gateway.fetchDag(root, { onBlock, onBytes: () => undefined });
    if (reason === undefined) {
      expect(await fetched).toBe(undefined);
      expect(told.length).toBe(2);
    } else {
      await expect(fetched).rejects.toThrow(reason);
    }
  }
});
