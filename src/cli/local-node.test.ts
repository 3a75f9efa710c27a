import { execFile } from "node:child_process";
import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { startNode as startNetNode } from "#net";
import type { NetNode } from "#net";
import { MemoryDatastore } from "datastore-core";
import { describe, expect, test, vi } from "vitest";
import { command, RETURNS_OK } from "../cell/guests.testing.ts";
import { buildImage } from "./build.ts";
import { startLocalNode } from "./local-node.ts";
import type { LocalNode, PageConfig } from "./local-node.ts";
import { main } from "./main.ts";

vi.setConfig({ testTimeout: 30_000 });

interface Folder extends AsyncDisposable {
  readonly path: string;
}

async function makeFolder(files: Readonly<Record<string, string>>): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), "ww-"));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), content);
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

const DIST = {
  "index.html": "<!doctype html><p>page",
  "assets/index-abc.js": "console.log(1)",
  "assets/kernel.worker-abc.js": "console.log(2)",
  "assets/cell.worker-abc.js": "console.log(3)",
  "images/x.wasm": "wasm",
};
const IMAGE = { "bin/main.wasm": "component", "etc/motd": "hello", ".git/HEAD": "x", ".env": "y" };

async function startNode(
  dist: Folder,
  options: { images?: string[]; gateways?: string[]; port?: number } = {},
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

  test("sends what the build has compressed to those who take it, and else the file", async () => {
    const script = "assets/index-abc.js";
    const compressed = { [`${script}.br`]: "as brotli", [`${script}.gz`]: "as gzip" };
    await using dist = await makeFolder({ ...DIST, ...compressed });
    await using node = await startNode(dist);
    const get = async (path: string, accepted: string): Promise<readonly unknown[]> => {
      const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
      // `fetch` would take the encoding for real.
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
    // Each form is another answer.
    const tags = await Promise.all(
      ["br", "gzip", "identity"].map(async (accepted) => {
        const headers = { "accept-encoding": accepted };
        return (await fetch(node.url + script, { method: "HEAD", headers })).headers.get("etag");
      }),
    );
    expect(new Set(tags).size).toBe(3);
  });

  test("lets only workers run WebAssembly, which connect to nothing and start nothing", async () => {
    await using dist = await makeFolder(DIST);
    await using node = await startNode(dist, { gateways: ["https://gateway.example/sub"] });
    const policyOf = async (path: string): Promise<string> =>
      (await fetch(node.url + path)).headers.get("content-security-policy") ?? "";
    for (const worker of ["assets/kernel.worker-abc.js", "assets/cell.worker-abc.js"]) {
      const policy = await policyOf(worker);
      expect(policy).toContain("script-src 'wasm-unsafe-eval';");
      expect(policy).toContain("default-src 'none';");
      expect(policy).toContain("connect-src 'none';");
      expect(policy).toContain("worker-src 'none';");
    }
    const page = await policyOf("index.html");
    expect(page).toContain("connect-src 'self' ws: wss: https://gateway.example;");
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
    for (const host of ["127.0.0.1", "localhost", "[::1]", "cell.localhost"]) {
      expect(await ask({ host: `${host}:${port}` })).toEqual([200, 200, 200]);
    }
    const here = `127.0.0.1:${port}`;
    expect(await ask({ host: here, origin: "http://localhost:1" })).toEqual([200, 200, 200]);
    expect(await ask({ host: `attacker.example:${port}` })).toEqual([403, 403, 403]);
    expect(await ask({ host: `127.0.0.1.attacker.example:${port}` })).toEqual([403, 403, 403]);
    expect(await ask({ host: here, origin: "https://attacker.example" })).toEqual([403, 403, 403]);
    expect(await ask({ host: here, origin: "null" })).toEqual([403, 403, 403]);
    const crossSite = { host: here, "sec-fetch-site": "cross-site" };
    expect(await ask({ ...crossSite, "sec-fetch-mode": "no-cors" })).toEqual([403, 403, 403]);
    // A link that leads here.
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
      `Cannot start: port ${port} is taken; choose another with --port`,
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

/** Imports what no cell has. */
const RADIO = '(import "acme:radio/tuner" (instance))';

describe("buildImage()", () => {
  test("leaves out dotfiles, keeps links and empty folders", async () => {
    await using image = await makeFolder(IMAGE);
    await using clean = await makeFolder({ "bin/main.wasm": "component", "etc/motd": "hello" });
    const cid = String((await buildImage(image.path, { layer: true })).cid);
    expect(String((await buildImage(clean.path, { layer: true })).cid)).toBe(cid);
    await symlink("main.wasm", join(clean.path, "bin/link"));
    const linked = String((await buildImage(clean.path, { layer: true })).cid);
    await mkdir(join(clean.path, "var"));
    const withFolder = String((await buildImage(clean.path, { layer: true })).cid);
    expect(new Set([cid, linked, withFolder]).size).toBe(3);
  });

  test("wants bin/main.wasm unless it is a layer", async () => {
    await using layer = await makeFolder({ "etc/motd": "hello" });
    await expect(buildImage(layer.path, { layer: false })).rejects.toThrow(
      /no file bin\/main\.wasm/,
    );
    await expect(buildImage(layer.path, { layer: true })).resolves.toBeDefined();
  });

  test("wants a program that a cell can run, unless it is a layer", async () => {
    await using image = await makeFolder({ "bin/main.wasm": "component" });
    await expect(buildImage(image.path, { layer: false })).rejects.toThrow(
      /^Cannot build ".*": bin\/main\.wasm: Not a WebAssembly component/,
    );
    await expect(buildImage(image.path, { layer: true })).resolves.toBeDefined();
    await writeFile(join(image.path, "bin/main.wasm"), await command(RETURNS_OK, RADIO));
    await expect(buildImage(image.path, { layer: false })).rejects.toThrow(
      /bin\/main\.wasm: Component imports "acme:radio\/tuner", which cells do not have/,
    );
    await writeFile(join(image.path, "bin/main.wasm"), await command(RETURNS_OK));
    await expect(buildImage(image.path, { layer: false })).resolves.toBeDefined();
  });
});

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const { signal } = new AbortController();
  const code = await main(args, { stdin: Readable.from([]), stdout, stderr, signal });
  stdout.end();
  stderr.end();
  return { code, out: await text(stdout), err: await text(stderr) };
}

describe("main()", () => {
  test("prints the CID alone", async () => {
    await using image = await makeFolder(IMAGE);
    await writeFile(join(image.path, "bin/main.wasm"), await command(RETURNS_OK));
    const { code, out, err } = await run("build", image.path);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^bafybei[a-z2-7]{52}\n$/);
  });

  test("prints help and version on stdout", async () => {
    expect((await run("--help")).out).toContain("ww up");
    expect((await run("up", "--help")).out).toContain("--port <n>");
    expect((await run("--version")).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test("answers what it does not understand with a hint and code 2", async () => {
    const cases: [string[], RegExp][] = [
      [[], /ww up/],
      [["bild"], /Unknown command bild: did you mean build\?/],
      [["frobnicate"], /Unknown command frobnicate\n/],
      [["--hepl"], /Unknown option --hepl: did you mean --help\?/],
      [["up", "--prot=1"], /Unknown option --prot: did you mean --port\?/],
      [["up", "--port"], /--port/],
      [["up", "--port", "70000"], /Not a port: "70000"/],
      [["up", "image"], /images are given with --image/],
      [["build"], /takes one folder/],
      [["build", "-x", "a"], /-x/],
      [["run"], /at least one image/],
      [["run", "--enf", "A=1", "x"], /did you mean --env\?/],
      [["run", "--env", "A", "x"], /Not a variable: "A"/],
    ];
    for (const [args, hint] of cases) {
      const { code, out, err } = await run(...args);
      expect({ args, code, out }).toEqual({ args, code: 2, out: "" });
      expect(err).toMatch(hint);
    }
  });

  test("says one sentence and exits with 1 when something fails, with the stack only if asked", async () => {
    const { code, out, err } = await run("build", "/nope");
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toBe('ww: Cannot build "/nope": there is no such folder\n');
    expect((await run("build", "/nope", "--verbose")).err).toMatch(/\n +at /);
  });
});

test("the launcher runs ww in whatever Node the shell has", async () => {
  const launcher = fileURLToPath(new URL("ww.mjs", import.meta.url));
  // npm puts the checkout's own Node first; a shell does not.
  const path = (process.env["PATH"] ?? "")
    .split(":")
    .filter((part) => !part.includes("node_modules"));
  const version = await new Promise<string>((resolve, reject) => {
    const options = { env: { ...process.env, PATH: path.join(":") } };
    execFile("node", [launcher, "--version"], options, (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    );
  });
  expect(version).toMatch(/^\d+\.\d+\.\d+\n$/);
});
