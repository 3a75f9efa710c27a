import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { readAll } from "#base";
import { openContent, startNode as startNetNode } from "#net";
import type { NetNode } from "#net";
import { MemoryBlockstore } from "blockstore-core";
import { MemoryDatastore } from "datastore-core";
import { CID } from "multiformats/cid";
import { describe, expect, test, vi } from "vitest";
import { buildImage } from "./build.ts";
import { makeFolder } from "./folder.testing.ts";
import type { Folder } from "./folder.testing.ts";
import { startLocalNode } from "./local-node.ts";
import type { LocalNode, PageConfig } from "./local-node.ts";

vi.setConfig({ testTimeout: 30_000 });

const DIST = {
  "index.html": "<!doctype html><p>page",
  "assets/index-abc.js": "console.log(1)",
  "assets/kernel.worker-abc.js": "console.log(2)",
  "assets/cell.worker-abc.js": "console.log(3)",
  "assets/http.worker-abc.js": "console.log(4)",
  "images/x.wasm": "wasm",
};
const BLOCKS = "/ww/0.1.0/blocks";
const IMAGE = { "bin/main.wasm": "component", "etc/motd": "hello", ".git/HEAD": "x", ".env": "y" };

async function startNode(
  dist: Folder,
  options: Partial<Parameters<typeof startLocalNode>[0]> = {},
): Promise<LocalNode> {
  return startLocalNode({ port: 0, images: [], distFolder: dist.path, ...options });
}

const statusOf = async (url: string): Promise<number> => (await fetch(url)).status;

describe("startLocalNode()", () => {
  test("serves the page isolated, and without unsafe-eval", async () => {
    await using dist = await makeFolder(DIST);
    await using node = await startNode(dist);
    const response = await fetch(node.url);
    expect(await response.text()).toBe(DIST["index.html"]);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cross-origin-embedder-policy": "require-corp",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": "no-cache",
    });
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("connect-src 'self' ws: wss:;");
    expect(policy).not.toContain("unsafe-eval");
  });

  test("keeps its relay's identity in its state folder, which no other can use meanwhile", async () => {
    await using dist = await makeFolder(DIST);
    await using state = await makeFolder({});
    const options = { stateFolder: () => join(state.path, "ww") };
    const relays: string[] = [];
    for (let run = 0; run < 2; run++) {
      await using node = await startNode(dist, options);
      relays.push(node.relay.split("/").at(-1) ?? "");
      await expect(startNode(dist, options)).rejects.toThrow(
        /^Cannot use the state in ".*ww": another process uses it; stop that, or choose another folder with --state$/,
      );
    }
    expect(relays[0]).toMatch(/^12D3KooW/);
    expect(relays[1]).toBe(relays[0]);
    expect((await stat(join(state.path, "ww/identity"))).mode & 0o777).toBe(0o600);
    await writeFile(join(state.path, "ww/identity"), "nonsense");
    await expect(startNode(dist, options)).rejects.toThrow(
      /identity" is not a private key; remove it/,
    );
    await using fresh = await startNode(dist);
    expect(fresh.relay).not.toContain(relays[0]);
  });

  test("tells its operator that it lives, and what it counts", async () => {
    await using node = await startLocalNode({ port: 0, images: [] });
    const health = await fetch(`${node.url}healthz`);
    expect([health.status, await health.text()]).toEqual([200, "ok\n"]);
    const metrics = await fetch(`${node.url}metrics`);
    expect(metrics.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const lines = (await metrics.text()).split("\n");
    expect(lines).toContain("# TYPE ww_refused_total counter");
    expect(lines).toContain('ww_refused_total{what="relayed connection"} 0');
    // A page of another site may open none.
    const headers = { origin: "https://example.com" };
    expect((await fetch(`${node.url}metrics`, { headers })).status).toBe(403);
  });

  test("lets its peers know where its owner lets it listen", async () => {
    const listen = ["/ip4/127.0.0.1/tcp/0"];
    await using node = await startLocalNode({ port: 0, images: [], mesh: { listen } });
    const id = node.relay.split("/p2p/")[1] ?? "";
    const { port } = new URL(node.url);
    expect(node.addresses()).toHaveLength(2);
    expect(node.addresses()).toContain(`/ip4/127.0.0.1/tcp/${port}/ws/p2p/${id}`);
    expect(node.addresses().some((each) => /\/tcp\/\d+\/p2p\//.test(each))).toBe(true);
  });

  test("gives its images to peers, block by block or whole, and nothing else", async () => {
    await using image = await makeFolder({ ...IMAGE, "etc/large": "x".repeat(1_000_000) });
    await using node = await startLocalNode({ port: 0, images: [image.path] });
    const datastore = new MemoryDatastore();
    await using tab = await startNetNode({ datastore, relays: [node.relay] });
    await using content = await openContent({
      blockstore: new MemoryBlockstore(),
      gateways: [],
      fetch,
      peersAt: tab.peersAt,
    });
    const cid = (node.images[0]?.path ?? "").replace("/ipfs/", "");
    const root = CID.parse(cid);
    await content.fetchLayer(root, { peers: [node.relay] });
    const gateway = await fetch(`${node.url}ipfs/${cid}?format=raw`);
    const block = new Uint8Array(await gateway.arrayBuffer());
    expect(await content.get(root)).toEqual(block);
    const options = { stallMs: 5000 };
    expect(await tab.peersAt.want(node.relay, root, options)).toEqual(block);
    const other = CID.parse("bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e");
    expect(await tab.peersAt.want(node.relay, other, options)).toBe("missing");
    using duplex = await tab.dialAt(node.relay, BLOCKS);
    await duplex.sink.write(Uint8Array.of(0, ...other.bytes));
    duplex.sink.close();
    expect(await readAll(duplex.source, 10)).toEqual(Uint8Array.of(1));
  });

  test("gives nothing of a private node to peers", async () => {
    await using folder = await makeFolder({ file: "of the visitor" });
    await using node = await startLocalNode({
      port: 0,
      images: [],
      folders: [folder.path],
      isPrivate: true,
    });
    const config = (await (await fetch(`${node.url}config.json?relays`)).json()) as PageConfig;
    const [relay = ""] = config.relays;
    await using tab = await startNetNode({ datastore: new MemoryDatastore(), relays: [relay] });
    for (const protocol of [BLOCKS, "/ipfs/bitswap/1.2.0"]) {
      await expect(tab.dialAt(relay, protocol)).rejects.toThrow(/does not serve/);
    }
  });

  test("sends what the build has compressed to those who take it, and else the file", async () => {
    const script = "assets/index-abc.js";
    const compressed = { [`${script}.br`]: "as brotli", [`${script}.gz`]: "as gzip" };
    await using dist = await makeFolder({ ...DIST, ...compressed });
    await using node = await startNode(dist);
    const get = async (path: string, accepted: string): Promise<readonly unknown[]> => {
      const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
      // `fetch` would try to decode the body.
      request(node.url + path, { headers: { "accept-encoding": accepted } }, resolve)
        .on("error", reject)
        .end();
      const response = await promise;
      const { vary, "content-encoding": encoding, "content-type": type } = response.headers;
      return [await text(response), encoding, vary, type];
    };
    const type = "text/javascript; charset=utf-8";
    const vary = "Accept-Encoding";
    expect(await get(script, "gzip, deflate, br")).toEqual(["as brotli", "br", vary, type]);
    expect(await get(script, "gzip")).toEqual(["as gzip", "gzip", vary, type]);
    expect(await get(script, "identity")).toEqual([DIST[script], undefined, vary, type]);
    const page = [DIST["index.html"], undefined, vary, "text/html; charset=utf-8"];
    expect(await get("", "br")).toEqual(page);
    // Each encoding is an answer of its own.
    const tags = await Promise.all(
      ["br", "gzip", "identity"].map(async (accepted) => {
        const headers = { "accept-encoding": accepted };
        return (await fetch(node.url + script, { method: "HEAD", headers })).headers.get("etag");
      }),
    );
    expect(new Set(tags).size).toBe(3);
  });

  test("lets only workers run WebAssembly, which connect to nothing, and cells start nothing", async () => {
    await using dist = await makeFolder(DIST);
    await using node = await startNode(dist, { gateways: ["https://gateway.example/sub"] });
    const policyOf = async (path: string): Promise<string> =>
      (await fetch(node.url + path)).headers.get("content-security-policy") ?? "";
    for (const [worker, started] of [
      ["kernel", "'self'"],
      ["cell", "'none'"],
    ]) {
      const policy = await policyOf(`assets/${worker}.worker-abc.js`);
      expect(policy).toContain("script-src 'wasm-unsafe-eval';");
      expect(policy).toContain("default-src 'none';");
      expect(policy).toContain("connect-src 'none';");
      expect(policy).toContain(`worker-src ${started};`);
    }
    const page = await policyOf("index.html");
    expect(page).toContain("connect-src 'self' ws: wss: https://gateway.example;");
  });

  test("lets the worker that sends requests connect, and do nothing else", async () => {
    await using dist = await makeFolder(DIST);
    await using node = await startNode(dist);
    const { headers } = await fetch(`${node.url}assets/http.worker-abc.js`);
    const policy = (headers.get("content-security-policy") ?? "").split("; ");
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'none'",
        "worker-src 'none'",
        "connect-src https: http://127.0.0.1:* http://localhost:*",
      ]),
    );
  });

  test("keeps hashed files for ever, and answers 304", async () => {
    await using dist = await makeFolder(DIST);
    await using node = await startNode(dist);
    const response = await fetch(`${node.url}assets/index-abc.js`);
    expect(response.headers.get("cache-control")).toContain("immutable");
    const etag = response.headers.get("etag") ?? "";
    const again = await fetch(node.url, { headers: { "if-none-match": etag } });
    expect(again.status).toBe(200);
    const index = (await fetch(node.url)).headers.get("etag") ?? "";
    expect((await fetch(node.url, { headers: { "if-none-match": index } })).status).toBe(304);
  });

  test("serves nothing outside the folder", async () => {
    await using dist = await makeFolder(DIST);
    await using node = await startNode(dist);
    for (const path of [
      "nothing",
      "%2e%2e/%2e%2e/etc/passwd",
      "..%2f..%2fetc%2fpasswd",
      "assets",
      "%00",
      "%",
    ]) {
      expect((await fetch(node.url + path)).status).toBe(404);
    }
    expect((await fetch(node.url, { method: "POST" })).status).toBe(405);
  });

  test("tells the page its gateway, its relay and its images", async () => {
    await using dist = await makeFolder(DIST);
    await using image = await makeFolder(IMAGE);
    await using node = await startNode(dist, { images: [image.path] });
    const config = (await (await fetch(`${node.url}config.json`)).json()) as PageConfig;
    const { cid } = await buildImage(image.path, { layer: true });
    expect(config).toEqual({
      gateways: ["/"],
      relays: [node.relay],
      images: [{ name: image.path.split("/").at(-1), path: `/ipfs/${cid.toString()}` }],
      previews: expect.stringMatching(/^previews\/[0-9a-f]{32}$/),
    });
    expect(node.relay).toMatch(
      new RegExp(`^/ip4/127.0.0.1/tcp/${new URL(node.url).port}/ws/p2p/12D3Koo`),
    );
    expect((await fetch(`${node.url}ipfs/${cid.toString()}?format=car`)).status).toBe(200);
  });

  test("answers this computer alone, under no name but its own", async () => {
    await using dist = await makeFolder(DIST);
    await using image = await makeFolder(IMAGE);
    await using node = await startNode(dist, { images: [image.path] });
    const { port } = new URL(node.url);
    const paths = ["", "config.json", `${node.images[0]?.path.slice(1)}?format=raw`];
    const ask = async (headers: Record<string, string>): Promise<number[]> => {
      const answers = paths.map((path) => {
        const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
        request(node.url + path, { headers }, resolve)
          .on("error", reject)
          .end();
        return promise;
      });
      return (await Promise.all(answers)).map(({ statusCode = 0 }) => statusCode);
    };
    for (const host of ["127.0.0.1", "localhost", "[::1]"]) {
      expect(await ask({ host: `${host}:${port}` })).toEqual([200, 200, 200]);
    }
    const here = `127.0.0.1:${port}`;
    expect(await ask({ host: here, origin: "http://localhost:1" })).toEqual([200, 200, 200]);
    // The name of a preview, under which nothing is shown.
    expect(await ask({ host: `cell.localhost:${port}` })).toEqual([404, 404, 404]);
    expect(await ask({ host: here, origin: `http://cell.localhost:${port}` })).toEqual([
      403, 403, 403,
    ]);
    expect(await ask({ host: `attacker.example:${port}` })).toEqual([403, 403, 403]);
    expect(await ask({ host: `127.0.0.1.attacker.example:${port}` })).toEqual([403, 403, 403]);
    expect(await ask({ host: here, origin: "https://attacker.example" })).toEqual([403, 403, 403]);
    expect(await ask({ host: here, origin: "null" })).toEqual([403, 403, 403]);
    const crossSite = { host: here, "sec-fetch-site": "cross-site" };
    expect(await ask({ ...crossSite, "sec-fetch-mode": "no-cors" })).toEqual([403, 403, 403]);
    // A link of another site that leads here.
    expect(await ask({ ...crossSite, "sec-fetch-mode": "navigate" })).toEqual([200, 200, 200]);
  });

  test("passes no WebSocket of another site's page", async () => {
    await using dist = await makeFolder(DIST);
    await using node = await startNode(dist);
    const open = async (headers: Record<string, string>): Promise<number | undefined> => {
      const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
      const asked = request(node.url, {
        headers: {
          connection: "Upgrade",
          upgrade: "websocket",
          "sec-websocket-version": "13",
          "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
          ...headers,
        },
      });
      asked.on("response", resolve).on("error", reject);
      asked.on("upgrade", (response, socket) => {
        socket.destroy();
        resolve(response);
      });
      asked.end();
      return (await promise).statusCode;
    };
    expect(await open({})).toBe(101);
    expect(await open({ origin: "http://127.0.0.1:1" })).toBe(101);
    expect(await open({ origin: "https://attacker.example" })).toBe(403);
    expect(await open({ host: "attacker.example" })).toBe(403);
  });

  test("serves folders to those alone who have its address", async () => {
    await using dist = await makeFolder(DIST);
    await using folder = await makeFolder({ "notes/secret": "hello" });
    const options = { port: 0, images: [], distFolder: dist.path, folders: [folder.path] };
    await expect(startLocalNode(options)).rejects.toThrow(TypeError);
    await using node = await startLocalNode({ ...options, isPrivate: true });
    const [path = ""] = node.folders;
    const { origin, pathname } = new URL(node.url);
    expect(pathname).toMatch(/^\/[0-9a-f]{32}\/$/);
    for (const below of ["", "config.json", "assets/index-abc.js", `${path.slice(1)}?format=raw`]) {
      expect(await statusOf(node.url + below)).toBe(200);
      expect(await statusOf(`${origin}/${below}`)).toBe(404);
      expect(await statusOf(`${origin}/${"0".repeat(32)}/${below}`)).toBe(404);
    }
    const config = (await (await fetch(`${node.url}config.json`)).json()) as PageConfig;
    expect(config.gateways).toEqual([pathname]);
    const headers = (await fetch(`${node.url}assets/kernel.worker-abc.js`)).headers;
    expect(headers.get("content-security-policy")).toContain("connect-src 'none';");
    expect(headers.get("cache-control")).toContain("immutable");
  });

  test("serves images and folders that come later, folders if it is private", async () => {
    await using image = await makeFolder(IMAGE);
    await using first = await startLocalNode({ port: 0, images: [image.path], isPrivate: true });
    await using node = await startLocalNode({ port: 0, images: [], isPrivate: true });
    const { path } = first.images[0]!;
    expect(await node.has(path)).toBe(false);
    expect((await node.addImage(image.path)).path).toBe(path);
    expect(await node.has(path)).toBe(true);
    expect(await statusOf(`${node.url}${path.slice(1)}?format=raw`)).toBe(200);
    const folder = await node.addFolder(image.path);
    expect(await statusOf(`${node.url}${folder.slice(1)}?format=raw`)).toBe(200);
    await using open = await startLocalNode({ port: 0, images: [] });
    await expect(open.addFolder(image.path)).rejects.toThrow(TypeError);
  });

  test("serves a CAR file as it serves the folder it was built from", async () => {
    await using dist = await makeFolder(DIST);
    await using image = await makeFolder(IMAGE);
    const output = join(dist.path, "image.car");
    const { cid } = await buildImage(image.path, { layer: true, output });
    await using node = await startNode(dist, { images: [output] });
    expect(node.images.map(({ name, path }) => [name, path])).toEqual([
      ["image", `/ipfs/${cid.toString()}`],
    ]);
  });

  test("serves everything but a page when it is given none", async () => {
    await using image = await makeFolder(IMAGE);
    await using node = await startLocalNode({ port: 0, images: [image.path] });
    const found = await fetch(node.url);
    expect([found.status, await found.text()]).toEqual([404, "This node serves no page\n"]);
    expect((await fetch(`${node.url}config.json`)).status).toBe(200);
    expect((await fetch(`${node.url}${node.images[0]?.path.slice(1)}?format=raw`)).status).toBe(
      200,
    );
  });

  test("relays between nodes, on the page's port", async () => {
    await using dist = await makeFolder(DIST);
    await using node = await startNode(dist);
    const open = (): Promise<NetNode> =>
      startNetNode({ datastore: new MemoryDatastore(), relays: [node.relay] });
    await using callee = await open();
    await using caller = await open();
    const signal = AbortSignal.timeout(20_000);
    while (callee.addrs().length === 0) await callee.changed({ signal });
    expect(callee.addrs().map(({ text }) => text)).toEqual([`${node.relay}/p2p-circuit`]);
    const addrs = callee.addrs().map(({ bytes }) => bytes);
    await caller.connect(callee.peerId.bytes, addrs, { signal });
    expect(caller.peers().map(({ peerId }) => peerId.text)).toContain(callee.peerId.text);
  });

  test("says which port is taken, and how to choose another", async () => {
    await using dist = await makeFolder(DIST);
    await using node = await startNode(dist);
    const port = Number(new URL(node.url).port);
    await expect(startNode(dist, { port })).rejects.toThrow(
      `Cannot start: port ${port} is taken, perhaps by npm start, which runs such a node; choose another with --port`,
    );
  });

  test("says what is wrong with an image, or a page that is not built", async () => {
    await using dist = await makeFolder({ "index.html": "", "x.car": "hello" });
    await using nothing = await makeFolder({});
    await expect(startNode(nothing)).rejects.toThrow(/^No page in .*build it/);
    await expect(startNode(dist, { images: ["/nope"] })).rejects.toThrow('No image at "/nope"');
    await expect(startNode(dist, { images: [join(dist.path, "x.car")] })).rejects.toThrow(
      /^Cannot load image ".*x\.car": Not a CAR file/,
    );
  });

  test("frees its port when disposed", async () => {
    await using dist = await makeFolder(DIST);
    let url: string;
    {
      await using node = await startNode(dist);
      url = node.url;
      await fetch(url);
    }
    await expect(fetch(url)).rejects.toThrow();
    await using again = await startNode(dist, { port: Number(new URL(url).port) });
    expect(again.url).toBe(url);
  });
});
