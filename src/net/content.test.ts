import { Exception } from "#base";
import { MemoryBlockstore } from "blockstore-core";
import { CID } from "multiformats/cid";
import { sha256 } from "multiformats/hashes/sha2";
import { describe, expect, test, vi } from "vitest";
import { openContent } from "./content.ts";
import type { Content } from "./content.ts";
import { answerFrom, makeCar, makeImage, startServer } from "./http.testing.ts";
import type { TestImage } from "./http.testing.ts";

vi.setConfig({ testTimeout: 30_000 });

const STALL_MS = 500;
const image = await makeImage();
const [, , firstLeaf = "", lastLeaf = ""] = [...image.blocks.keys()];

function open(gateways: string[], blockstore = new MemoryBlockstore()): Promise<Content> {
  return openContent({ blockstore, gateways, fetch, stallMs: 60_000 });
}

/** For gateways that stall. */
function openImpatient(gateways: string[], stallMs = STALL_MS): Promise<Content> {
  return openContent({ blockstore: new MemoryBlockstore(), gateways, fetch, stallMs });
}

/** The same image with one byte of its last leaf changed. */
function corrupted(): TestImage {
  const blocks = new Map(image.blocks);
  const bytes = Uint8Array.from(blocks.get(lastLeaf) ?? []);
  bytes[1000] = (bytes[1000] ?? 0) ^ 1;
  blocks.set(lastLeaf, bytes);
  return { root: image.root, blocks };
}

async function failureOf(promise: Promise<unknown>): Promise<Exception> {
  const reason: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(reason).toBeInstanceOf(Exception);
  return reason as Exception;
}

async function expectWhole(blockstore: MemoryBlockstore): Promise<void> {
  for (const cid of image.blocks.keys()) expect(await blockstore.has(CID.parse(cid))).toBe(true);
}

describe("fetchLayer()", () => {
  test("fetches all blocks by one request, and tells how far it is", async () => {
    await using server = await startServer(answerFrom(image));
    const blockstore = new MemoryBlockstore();
    await using content = await open([server.url], blockstore);
    const told: { blocks: number; bytes: number; totalBytes: number | undefined }[] = [];
    await content.fetchLayer(image.root, { onProgress: (progress) => told.push(progress) });
    await expectWhole(blockstore);
    expect(server.requests.length).toBe(1);
    const last = told.at(-1);
    expect(last?.blocks).toBe(image.blocks.size);
    expect(last?.bytes).toBe(last?.totalBytes);
  });

  test("asks no one for what is stored", async () => {
    const blockstore = new MemoryBlockstore();
    {
      await using server = await startServer(answerFrom(image));
      await using content = await open([server.url], blockstore);
      await content.fetchLayer(image.root);
    }
    await using content = await open(["http://127.0.0.1:9/"], blockstore);
    await content.fetchLayer(image.root);
    for (const [cid, bytes] of image.blocks) {
      expect((await content.get(CID.parse(cid))).length).toBe(bytes.length);
    }
  });

  test("falls back to blocks when a gateway makes no CAR", async () => {
    await using server = await startServer(answerFrom(image, { car: false }));
    const blockstore = new MemoryBlockstore();
    await using content = await open([server.url], blockstore);
    const told: number[] = [];
    await content.fetchLayer(image.root, { onProgress: ({ blocks }) => told.push(blocks) });
    await expectWhole(blockstore);
    expect(told.at(-1)).toBe(image.blocks.size);
    expect(server.requests.filter((path) => path.includes("format=raw")).length).toBe(
      image.blocks.size,
    );
  });

  test("fetches only the rest after a CAR that broke off", async () => {
    const whole = await makeCar(image.root, image.blocks);
    const honest = answerFrom(image);
    await using server = await startServer((path, response) => {
      if (!path.includes("format=car")) {
        honest(path, response);
        return;
      }
      response.writeHead(200, { "content-type": "application/vnd.ipld.car" });
      response.write(whole.subarray(0, -10_000), () => response.destroy());
    });
    const blockstore = new MemoryBlockstore();
    await using content = await open([server.url], blockstore);
    await content.fetchLayer(image.root);
    await expectWhole(blockstore);
    expect(server.requests.slice(1)).toEqual([`/ipfs/${lastLeaf}?format=raw`]);
  });

  test("goes on with what is missing after a visit that was ended in the middle", async () => {
    const large = await makeImage(20 * 256 * 1024);
    const whole = await makeCar(large.root, large.blocks);
    const blockstore = new MemoryBlockstore();
    {
      await using server = await startServer((_, response) => {
        response.writeHead(200, { "content-type": "application/vnd.ipld.car" });
        response.write(whole.subarray(0, whole.length * 0.8));
      });
      await using content = await open([server.url], blockstore);
      const stop = new AbortController();
      const fetched = content.fetchLayer(large.root, { signal: stop.signal });
      await expect.poll(async () => (await Array.fromAsync(blockstore.getAll())).length).toBe(17);
      stop.abort(new Error("reloaded"));
      await expect(fetched).rejects.toThrow("reloaded");
    }
    await using server = await startServer(answerFrom(large));
    await using content = await open([server.url], blockstore);
    const told: { blocks: number; bytes: number; totalBytes: number | undefined }[] = [];
    await content.fetchLayer(large.root, { onProgress: (progress) => told.push(progress) });
    expect(server.requests.length).toBe(5);
    expect(server.requests.every((path) => path.includes("format=raw"))).toBe(true);
    expect(told[0]).toMatchObject({ blocks: 17, totalBytes: expect.any(Number) });
    expect(told[0]?.bytes).toBeGreaterThan(14 * 256 * 1024);
    expect(told.at(-1)?.blocks).toBe(22);
    expect(told.at(-1)?.bytes).toBe(told.at(-1)?.totalBytes);
  });

  test("tells the total that the root of the DAG tells, where the gateway does not", async () => {
    const car = await makeCar(image.root, image.blocks);
    await using server = await startServer((_, response) => {
      response.writeHead(200, { "content-type": "application/vnd.ipld.car" }).write(car);
      response.end();
    });
    await using content = await open([server.url]);
    const told: { bytes: number; totalBytes: number | undefined }[] = [];
    await content.fetchLayer(image.root, { onProgress: (progress) => told.push(progress) });
    const total = [...image.blocks.values()].reduce((sum, { length }) => sum + length, 0);
    expect(told.at(-1)).toMatchObject({ bytes: total, totalBytes: total });
  });

  test("waits for a busy gateway, and says so", async () => {
    let asked = 0;
    const honest = answerFrom(image, { car: false });
    await using server = await startServer((path, response) => {
      if (++asked % 2 === 1) response.writeHead(429, { "retry-after": "0" }).end();
      else honest(path, response);
    });
    await using content = await open([server.url]);
    const waits: (number | undefined)[] = [];
    const onProgress = (progress: { waitSeconds?: number | undefined }): void => {
      if ("waitSeconds" in progress) waits.push(progress.waitSeconds);
    };
    await content.fetchLayer(image.root, { onProgress });
    expect(waits).toContain(0);
    expect(waits.at(-1)).toBe(undefined);
  });

  test("takes another gateway when the first is gone, silent or empty", async () => {
    await using honest = await startServer(answerFrom(image));
    await using silent = await startServer(() => {});
    await using empty = await startServer((_, response) => void response.writeHead(404).end());
    for (const first of ["http://127.0.0.1:9/", silent.url, empty.url]) {
      // Long enough for the honest gateway on a busy machine.
      await using content = await openImpatient([first, honest.url], 2000);
      await content.fetchLayer(image.root);
      expect((await content.get(CID.parse(lastLeaf))).length).toBeGreaterThan(0);
    }
    expect(honest.requests.length).toBe(3);
  });

  test("stores nothing that was not asked for", async () => {
    const other = new TextEncoder().encode("a stranger");
    const stranger = CID.createV1(0x55, await sha256.digest(other));
    const blocks = [...image.blocks, [stranger.toString(), other] as const];
    for (const order of [blocks, blocks.toReversed()]) {
      const car = await makeCar(image.root, order);
      await using server = await startServer((path, response) => {
        if (!path.includes("format=car")) {
          response.writeHead(404).end();
          return;
        }
        response.writeHead(200, { "content-type": "application/vnd.ipld.car" }).end(car);
      });
      const blockstore = new MemoryBlockstore();
      await using content = await open([server.url], blockstore);
      await content.fetchLayer(image.root);
      await expectWhole(blockstore);
      expect(await blockstore.has(stranger)).toBe(false);
    }
  });

  test("stops with the signal's reason", async () => {
    await using server = await startServer(() => {});
    await using content = await open([server.url]);
    const stop = new AbortController();
    const reason = new Error("tab closed");
    const fetched = content.fetchLayer(image.root, { signal: stop.signal });
    await expect.poll(() => server.requests.length).toBe(1);
    stop.abort(reason);
    await expect(fetched).rejects.toBe(reason);
  });
});

describe("fetchLayer() says in one sentence that", () => {
  const name = image.root.toString();

  test("a gateway cannot be reached", async () => {
    await using content = await open(["http://127.0.0.1:9/"]);
    const failure = await failureOf(content.fetchLayer(image.root));
    expect(failure.kind).toBe("disconnected");
    expect(failure.message).toBe(
      `Cannot fetch "${name}": gateway http://127.0.0.1:9/ cannot be reached; check that it runs, or configure another gateway`,
    );
  });

  test("a gateway accepts and never answers, within the stall time", async () => {
    await using server = await startServer(() => {});
    await using content = await openImpatient([server.url]);
    const started = performance.now();
    const failure = await failureOf(content.fetchLayer(image.root));
    expect(failure.kind).toBe("overloaded");
    expect(failure.message).toContain("accepted the request and sent nothing for 0.5 s");
    expect(performance.now() - started).toBeLessThan(STALL_MS * 20);
  });

  test("a gateway stops in the middle", async () => {
    const whole = await makeCar(image.root, image.blocks);
    await using server = await startServer((_, response) => {
      response.writeHead(200, { "content-type": "application/vnd.ipld.car" });
      response.write(whole.subarray(0, 50_000));
    });
    await using content = await openImpatient([server.url]);
    const failure = await failureOf(content.fetchLayer(image.root));
    expect(failure.message).toContain("sent nothing for 0.5 s");
  });

  test("nobody has the root", async () => {
    await using server = await startServer((_, response) => void response.writeHead(404).end());
    await using content = await open([server.url]);
    const failure = await failureOf(content.fetchLayer(image.root));
    expect(failure.kind).toBe("failed");
    expect(failure.message).toContain(
      `gateway ${server.url} has no block "${name}"; check the CID`,
    );
    expect(server.requests.length).toBe(1);
  });

  test("nobody has a block inside", async () => {
    const blocks = new Map(image.blocks);
    blocks.delete(firstLeaf);
    await using server = await startServer(
      answerFrom({ root: image.root, blocks }, { car: false }),
    );
    await using content = await open([server.url]);
    const failure = await failureOf(content.fetchLayer(image.root));
    expect(failure.message).toContain(`gateway ${server.url} has no block "${firstLeaf}"`);
  });

  for (const car of [true, false]) {
    test(`bytes do not match their hash, ${car ? "in a CAR" : "in a block"}`, async () => {
      await using server = await startServer(answerFrom(corrupted(), { car }));
      const blockstore = new MemoryBlockstore();
      await using content = await open([server.url], blockstore);
      const failure = await failureOf(content.fetchLayer(image.root));
      expect(failure.message).toContain(
        `gateway ${server.url} sent bytes for block "${lastLeaf}" that do not match its hash`,
      );
      expect(await blockstore.has(CID.parse(lastLeaf))).toBe(false);
    });
  }

  test("a block is missing since the CAR that had it was wrong", async () => {
    const car = answerFrom(corrupted());
    await using server = await startServer((path, response) => {
      if (path.includes("format=raw")) response.writeHead(404).end();
      else car(path, response);
    });
    await using content = await open([server.url]);
    const failure = await failureOf(content.fetchLayer(image.root));
    expect(failure.message).toMatch(
      /has no block "\w+"; .*; before that, .* do not match its hash$/,
    );
  });

  test("a server is no trustless gateway", async () => {
    await using server = await startServer((_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<p>hello");
    });
    await using content = await open([server.url]);
    const failure = await failureOf(content.fetchLayer(image.root));
    expect(failure.message).toContain(`answers text/html instead of blocks`);
  });

  test("no gateway is configured", async () => {
    await using content = await open([]);
    const failure = await failureOf(content.fetchLayer(image.root));
    expect(failure.message).toContain("no gateway is configured");
  });

  test("several gateways failed, and how", async () => {
    await using empty = await startServer((_, response) => void response.writeHead(404).end());
    await using content = await open(["http://127.0.0.1:9/", empty.url]);
    const failure = await failureOf(content.fetchLayer(image.root));
    expect(failure.message).toMatch(/127\.0\.0\.1:9\/ cannot be reached, gateway .* has no block/);
  });
});

describe("get()", () => {
  test("fetches a block once and keeps it", async () => {
    await using server = await startServer(answerFrom(image));
    await using content = await open([server.url]);
    const cid = CID.parse(firstLeaf);
    expect([...(await content.get(cid))].slice(0, 3)).toEqual([0, 1, 2]);
    await content.get(cid);
    expect(server.requests.length).toBe(1);
  });

  test("says why not, with the block's name", async () => {
    await using liar = await startServer(answerFrom(corrupted()));
    await using content = await open([liar.url, "http://127.0.0.1:9/"]);
    const failure = await failureOf(content.get(CID.parse(lastLeaf)));
    expect(failure.message).toMatch(/^Cannot fetch "bafkrei.*do not match its hash, gateway http/);
  });

  test("stops with the signal's reason", async () => {
    await using server = await startServer(() => {});
    await using content = await open([server.url]);
    const stop = new AbortController();
    const got = content.get(image.root, { signal: stop.signal });
    await expect.poll(() => server.requests.length).toBe(1);
    stop.abort(new Error("tab closed"));
    await expect(got).rejects.toThrow("tab closed");
  });
});
