import { once } from "node:events";
import { createServer, get } from "node:http";
import type { IncomingMessage } from "node:http";
import { concatBytes, encodeText, equalBytes } from "#base";
import { createBlockSource, encodeCar, importCar, importTree } from "#image";
import { openContent } from "#net";
import { MemoryBlockstore } from "blockstore-core";
import { CID } from "multiformats/cid";
import { describe, expect, test } from "vitest";
import { testBlockSource } from "../image/block-source.conformance.ts";
import { createGatewayHandler } from "./gateway.ts";

const HELLO = "bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4";
const STRANGER = "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354";

interface Gateway extends AsyncDisposable {
  readonly url: string;
}

async function startGateway(store: MemoryBlockstore): Promise<Gateway> {
  const handle = createGatewayHandler(store);
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("Server has no port");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

class CountingStore extends MemoryBlockstore {
  gets = 0;

  override get(...args: Parameters<MemoryBlockstore["get"]>): ReturnType<MemoryBlockstore["get"]> {
    this.gets++;
    return super.get(...args);
  }
}

/** Bytes of which no two chunks are equal. */
function numbers(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  new Uint32Array(bytes.buffer).forEach((_, at, words) => (words[at] = at));
  return bytes;
}

async function storeImage(): Promise<{ store: MemoryBlockstore; root: CID }> {
  const store = new MemoryBlockstore();
  const root = await importTree(
    [
      { type: "file", path: "bin/main.wasm", content: new Uint8Array(600_000).fill(7) },
      { type: "file", path: "etc/hello", content: encodeText("hello world\n") },
    ],
    store,
  );
  return { store, root };
}

describe("createGatewayHandler()", () => {
  test("gives a raw block by parameter and by Accept, with headers that caches understand", async () => {
    const { store } = await storeImage();
    await using gateway = await startGateway(store);
    for (const response of [
      await fetch(`${gateway.url}ipfs/${HELLO}?format=raw`),
      await fetch(`${gateway.url}ipfs/${HELLO}`, {
        headers: { accept: "application/vnd.ipld.raw" },
      }),
    ]) {
      expect(response.status).toBe(200);
      expect(await response.text()).toBe("hello world\n");
      expect(Object.fromEntries(response.headers)).toMatchObject({
        "access-control-allow-origin": "*",
        "cache-control": "public, max-age=29030400, immutable",
        "content-length": "12",
        "content-type": "application/vnd.ipld.raw",
        "cross-origin-resource-policy": "cross-origin",
        etag: `"${HELLO}.raw"`,
        "x-content-type-options": "nosniff",
        "x-ipfs-path": `/ipfs/${HELLO}`,
      });
    }
  });

  test("gives a whole DAG as a CAR, and one block of it", async () => {
    const { store, root } = await storeImage();
    await using gateway = await startGateway(store);
    const url = `${gateway.url}ipfs/${root.toString()}`;
    const whole = await fetch(`${url}?format=car&dag-scope=all`);
    expect(whole.headers.get("content-type")).toMatch(/^application\/vnd\.ipld\.car; version=1/);
    const bytes = new Uint8Array(await whole.arrayBuffer());
    expect(whole.headers.get("content-length")).toBe(String(bytes.length));
    const expected = concatBytes(await Array.fromAsync(encodeCar(root, createBlockSource(store))));
    expect(equalBytes(bytes, expected)).toBe(true);
    const copy = new MemoryBlockstore();
    const stream = (async function* () {
      yield bytes;
    })();
    expect(String(await importCar(stream, copy))).toBe(root.toString());
    const one = await fetch(url, { headers: { accept: "application/vnd.ipld.car;version=1" } });
    expect(one.status).toBe(200);
    const block = await fetch(`${url}?format=car&dag-scope=block`);
    expect((await block.arrayBuffer()).byteLength).toBeLessThan(300);
  });

  test("answers HEAD with the same headers and nothing else", async () => {
    const { store, root } = await storeImage();
    await using gateway = await startGateway(store);
    for (const format of ["raw", "car"]) {
      const url = `${gateway.url}ipfs/${root.toString()}?format=${format}`;
      const [get, head] = [await fetch(url), await fetch(url, { method: "HEAD" })];
      for (const name of ["content-length", "content-type", "etag", "x-ipfs-path"]) {
        expect(head.headers.get(name)).toBe(get.headers.get(name));
      }
      expect((await head.arrayBuffer()).byteLength).toBe(0);
      await get.body?.cancel();
    }
  });

  test("answers 304 to who has it, and to OPTIONS what is allowed", async () => {
    const { store } = await storeImage();
    await using gateway = await startGateway(store);
    const url = `${gateway.url}ipfs/${HELLO}?format=raw`;
    const headers = { "if-none-match": `"${HELLO}.raw"` };
    expect((await fetch(url, { headers })).status).toBe(304);
    const options = await fetch(url, { method: "OPTIONS" });
    expect(options.status).toBe(204);
    expect(options.headers.get("access-control-allow-methods")).toBe("GET, HEAD, OPTIONS");
  });

  test("builds no more of a CAR than is taken, and walks no DAG for HEAD", async () => {
    const store = new CountingStore();
    const root = await importTree(
      [{ type: "file", path: "big", content: numbers(100 * 256 * 1024) }],
      store,
    );
    await using gateway = await startGateway(store);
    const url = `${gateway.url}ipfs/${root.toString()}?format=car`;
    const head = await fetch(url, { method: "HEAD" });
    expect([head.status, head.headers.get("content-length")]).toEqual([200, null]);
    expect(store.gets).toBe(1);
    const whole = await fetch(url);
    const lengthBytes = (await whole.arrayBuffer()).byteLength;
    expect(lengthBytes).toBeGreaterThan(100 * 256 * 1024);
    const told = await fetch(url, { method: "HEAD" });
    expect(Number(told.headers.get("content-length"))).toBe(lengthBytes);
    const known = store.gets;
    const { promise, resolve } = Promise.withResolvers<IncomingMessage>();
    const request = get(url, resolve);
    const answer = await promise;
    await once(answer, "readable");
    // No more than the sockets on the way can buffer.
    let before = -1;
    await expect
      .poll(
        () => {
          const isStill = store.gets === before;
          before = store.gets;
          return isStill;
        },
        { interval: 100, timeout: 10_000 },
      )
      .toBe(true);
    expect(store.gets - known).toBeLessThan(80);
    request.destroy();
  });

  const refusals: [string, number, RegExp, RequestInit?][] = [
    ["ipfs/hello?format=raw", 400, /^Not a CID: "hello"$/],
    ["ipfs/?format=raw", 400, /^Not a CID: ""$/],
    [`ipfs/${HELLO}/below?format=raw`, 400, /leave out the path/],
    [`ipfs/${HELLO}?format=car&dag-scope=entity`, 400, /dag-scope/],
    [`ipfs/${STRANGER}?format=raw`, 404, new RegExp(`^No block "${STRANGER}" is stored`)],
    [`ipfs/${STRANGER}?format=car`, 404, new RegExp(STRANGER)],
    [`ipfs/${HELLO}`, 406, /#\/ipfs\//],
    [`ipfs/${HELLO}?format=tar`, 406, /\?format=raw/],
    [`ipfs/${HELLO}?format=raw`, 405, /GET or HEAD, not POST/, { method: "POST" }],
  ];
  for (const [path, status, sentence, init] of refusals) {
    test(`refuses ${init?.method ?? "GET"} ${path} with ${status} and a sentence`, async () => {
      const { store } = await storeImage();
      await using gateway = await startGateway(store);
      const response = await fetch(`${gateway.url}${path}`, init);
      expect(response.status).toBe(status);
      expect((await response.text()).trim()).toMatch(sentence);
      expect(response.headers.get("access-control-allow-origin")).toBe("*");
      expect(response.headers.get("cache-control")).toBe("no-store");
    });
  }
});

// Reads from our own gateway as a tab does from a local node.
testBlockSource("openContent() over createGatewayHandler()", async (blocks) => {
  const store = new MemoryBlockstore();
  for (const { cid, bytes } of blocks) await store.put(cid, bytes);
  const gateway = await startGateway(store);
  const blockstore = new MemoryBlockstore();
  const content = await openContent({ blockstore, gateways: [gateway.url], fetch });
  return {
    source: content,
    async [Symbol.asyncDispose]() {
      await content[Symbol.asyncDispose]();
      await gateway[Symbol.asyncDispose]();
    },
  };
});

test("fetchLayer() takes a whole image from createGatewayHandler() by one request", async () => {
  const { store, root } = await storeImage();
  await using gateway = await startGateway(store);
  const blockstore = new MemoryBlockstore();
  const asked: string[] = [];
  await using content = await openContent({
    blockstore,
    gateways: [gateway.url],
    fetch: (url, init) => {
      asked.push(url);
      return fetch(url, init);
    },
  });
  await content.fetchLayer(root);
  expect(asked.length).toBe(1);
  const car = await Array.fromAsync(encodeCar(root, createBlockSource(blockstore)));
  expect(car.length).toBeGreaterThan(4);
});
