import { cp, mkdtemp, rm } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Sandbox } from "e2b";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Exception } from "#base";
import { openReferenceSandbox } from "../../agent/reference-sandbox.testing.ts";
import type { ReferenceSandbox } from "../../agent/reference-sandbox.testing.ts";
import { driveSandbox } from "../../agent/sdk-drive.testing.ts";
import type { RunningSandbox, Sandboxes } from "./sandboxes.ts";
import { startAgentServer } from "./start-agent-server.ts";
import type { AgentServer } from "./start-agent-server.ts";

const KEY = `e2b_${"0123456789".repeat(4)}`;

let stack: AsyncDisposableStack;
let server: AgentServer;
let running: Set<ReferenceSandbox>;
/** Until then, keeping files takes. */
let keeping: Promise<void> | undefined;
let options: {
  readonly apiUrl: string;
  readonly sandboxUrl: string;
  readonly apiKey: string;
  readonly retries: number;
};

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  running = new Set();
  keeping = undefined;
  const kept = new Map<string, string>();
  const folder = await mkdtemp(join(tmpdir(), "ww-templates-"));
  stack.defer(() => rm(folder, { recursive: true }));
  /** Templates are `image`, and what was kept. */
  const sandboxes: Sandboxes = {
    async create({ template }) {
      const source = kept.get(template);
      if (template !== "image" && source === undefined) {
        throw new Exception("failed", `Cannot start a sandbox: there is no image "${template}"`);
      }
      return await start(source);
    },
    async keep(path) {
      await keeping;
      const id = path.slice("/ipfs/".length);
      const name = id.slice(0, id.lastIndexOf("-"));
      const found = [...running].find(({ root }) => root.includes(name));
      await cp(found?.root ?? "", join(folder, id), { recursive: true });
      kept.set(id, join(folder, id));
    },
    readKept,
  };
  server = stack.use(await startAgentServer({ port: 0, sandboxes, openKey: async () => KEY }));
  const url = `http://127.0.0.1:${server.port}`;
  options = { apiUrl: url, sandboxUrl: url, apiKey: KEY, retries: 0 };
});
afterEach(() => stack.disposeAsync());

/** Nothing here makes images. */
async function readKept(path: string): Promise<ReadableStream<Uint8Array>> {
  return new Blob([`the image ${path}`]).stream();
}

async function start(source?: string): Promise<RunningSandbox> {
  const reference = await openReferenceSandbox();
  if (source !== undefined) await cp(source, reference.root, { recursive: true });
  running.add(reference);
  const { promise: gone, resolve } = Promise.withResolvers<void>();
  const end = async (): Promise<void> => {
    if (!running.delete(reference)) return;
    await reference[Symbol.asyncDispose]();
    resolve();
  };
  stack.defer(end);
  return { sandbox: reference.sandbox, gone, end };
}

function ask(
  path: string,
  headers: Record<string, string>,
  method = "GET",
): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  return new Promise((resolve, reject) => {
    const { port } = server;
    httpRequest({ host: "127.0.0.1", port, path, headers, method }, (response) => {
      let body = "";
      response.on("data", (piece: Buffer) => void (body += piece.toString()));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    })
      .on("error", reject)
      .end();
  });
}

describe("the control plane, by the SDK,", () => {
  test("makes a sandbox that the SDK drives, with a token", { timeout: 120_000 }, async () => {
    const sandbox = await Sandbox.create("image", { ...options, envs: { SHARED: "yes" } });
    await driveSandbox(sandbox, expect);
    expect((await sandbox.commands.run("echo $SHARED")).stdout).toBe("yes\n");
    // Without its token, nobody.
    const bare = await ask("/envs", { "e2b-sandbox-id": sandbox.sandboxId });
    expect(bare.status).toBe(401);
    expect(await sandbox.kill()).toBe(true);
    expect(running.size).toBe(0);
    expect(await sandbox.isRunning()).toBe(false);
    expect(await Sandbox.kill(sandbox.sandboxId, options)).toBe(false);
  });

  test("signs links to files", async () => {
    const sandbox = await Sandbox.create("image", options);
    const form = new FormData();
    form.append("file", new Blob(["signed"]), "ignored");
    const upload = await sandbox.uploadUrl("/signed.txt", { useSignatureExpiration: 60 });
    expect((await fetch(upload, { method: "POST", body: form })).status).toBe(200);
    const download = await sandbox.downloadUrl("/signed.txt");
    expect(await (await fetch(download)).text()).toBe("signed");
    const other = download.replace("signed.txt", "other.txt");
    expect((await fetch(other)).status).toBe(401);
  });

  test("lists, describes and finds them, until their time is over", async () => {
    const metadata = { name: "My notes", kind: "test" };
    const one = await Sandbox.create("image", { ...options, metadata });
    const two = await Sandbox.create("image", { ...options, metadata, timeoutMs: 100_000 });
    expect([one.sandboxId, two.sandboxId]).toEqual(["my-notes", "my-notes-2"]);
    const listed = await Sandbox.list({ ...options, query: { metadata } }).nextItems();
    expect(listed.map(({ sandboxId }) => sandboxId)).toEqual(["my-notes", "my-notes-2"]);
    const none = Sandbox.list({ ...options, query: { metadata: { kind: "other" } } });
    expect(await none.nextItems()).toEqual([]);
    const info = await two.getInfo();
    expect(info).toMatchObject({ sandboxId: "my-notes-2", templateId: "image", state: "running" });
    expect(info.endAt.getTime() - info.startedAt.getTime()).toBe(100_000);
    await two.setTimeout(200_000);
    const later = await two.getInfo();
    expect(later.endAt.getTime()).toBeGreaterThan(info.endAt.getTime() + 50_000);
    const found = await Sandbox.connect("my-notes-2", options);
    await two.files.write("seen", "x");
    expect(await found.files.read("seen")).toBe("x");
    expect(await found.getMetrics()).toMatchObject([{ cpuCount: 1, diskTotal: 1024 ** 3 }]);
    await one.setTimeout(0);
    await expect.poll(() => running.size).toBe(1);
    expect(await one.isRunning()).toBe(false);
    await expect(Sandbox.connect("my-notes", options)).rejects.toThrow("not found");
  });

  test("pauses to files, and goes on from them under the same name", async () => {
    const metadata = { name: "notes" };
    const sandbox = await Sandbox.create("image", { ...options, metadata });
    await sandbox.files.write("/kept.txt", "kept");
    expect(await sandbox.pause()).toBe(true);
    expect(running.size).toBe(0);
    // Its name is kept for it.
    const other = await Sandbox.create("image", { ...options, metadata });
    expect(other.sandboxId).toBe("notes-2");
    await other.kill();
    expect(await sandbox.isRunning()).toBe(false);
    const sentence = 'the sandbox is paused: Sandbox.connect("notes") with the API key';
    await expect(sandbox.files.read("/kept.txt")).rejects.toThrow(sentence);
    const unsaid = await ask("/sandboxes/notes/metrics", { "x-api-key": KEY });
    expect(JSON.parse(unsaid.body).message).toContain('is paused: Sandbox.connect("notes")');
    expect(await sandbox.pause()).toBe(false);
    const { state } = await Sandbox.getInfo(sandbox.sandboxId, options);
    expect(state).toBe("paused");
    const again = await Sandbox.connect(sandbox.sandboxId, options);
    expect(again.sandboxId).toBe(sandbox.sandboxId);
    expect(await again.files.read("/kept.txt")).toBe("kept");
    expect(await sandbox.files.read("/kept.txt")).toBe("kept");
    await again.pause();
    expect(await Sandbox.kill(sandbox.sandboxId, options)).toBe(true);
    await expect(Sandbox.connect(sandbox.sandboxId, options)).rejects.toThrow("not found");
  });

  test("goes on once, however many ask for it, and not when it is ended meanwhile", async () => {
    const sandbox = await Sandbox.create("image", options);
    const { sandboxId } = sandbox;
    await Promise.all([sandbox.pause(), sandbox.pause(), sandbox.pause()]);
    expect(running.size).toBe(0);
    const connect = (): Promise<Sandbox> => Sandbox.connect(sandboxId, options);
    await Promise.all([connect(), connect(), connect()]);
    expect(running.size).toBe(1);
    await Promise.all([sandbox.pause(), Sandbox.kill(sandboxId, options)]).catch(() => undefined);
    await expect(connect()).rejects.toThrow("not found");
    await expect.poll(() => running.size).toBe(0);
    const other = await Sandbox.create("image", { ...options, metadata: { name: sandboxId } });
    expect(other.sandboxId).toBe(sandboxId);
  });

  test("lets nobody write into what is being paused", async () => {
    const sandbox = await Sandbox.create("image", options);
    await sandbox.files.write("/one.txt", "kept");
    const { promise: kept, resolve: keep } = Promise.withResolvers<void>();
    keeping = kept;
    const pausing = sandbox.pause();
    await expect.poll(() => sandbox.isRunning()).toBe(false);
    await expect(sandbox.files.write("/two.txt", "lost")).rejects.toThrow("is being paused");
    keep();
    expect(await pausing).toBe(true);
  });

  test("goes on after a pause that was under way, and does not while it is being ended", async () => {
    const sandbox = await Sandbox.create("image", options);
    const { sandboxId } = sandbox;
    const { promise: kept, resolve: keep } = Promise.withResolvers<void>();
    keeping = kept;
    const pausing = sandbox.pause();
    await expect.poll(() => sandbox.isRunning()).toBe(false);
    const connecting = Sandbox.connect(sandboxId, options);
    keep();
    expect(await pausing).toBe(true);
    expect(await (await connecting).isRunning()).toBe(true);
    for (let turns = 0; turns < 12; turns++) {
      const short = await Sandbox.create("image", options);
      await short.pause();
      const resuming = Sandbox.connect(short.sandboxId, options).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, turns));
      if (await Sandbox.kill(short.sandboxId, options)) {
        await resuming;
        await expect(Sandbox.getInfo(short.sandboxId, options)).rejects.toThrow("not found");
      }
      await resuming;
    }
    await Sandbox.kill(sandboxId, options);
    await expect.poll(() => running.size).toBe(0);
  });

  test("pauses at the end of its time, if it was made so", async () => {
    const lifecycle = { onTimeout: "pause" as const };
    const sandbox = await Sandbox.create("image", { ...options, lifecycle });
    await sandbox.files.write("/kept.txt", "kept");
    await sandbox.setTimeout(0);
    await expect.poll(async () => (await sandbox.getInfo()).state).toBe("paused");
    expect(running.size).toBe(0);
  });

  test("takes snapshots to start from, and forks", async () => {
    const sandbox = await Sandbox.create("image", options);
    await sandbox.files.write("/at.txt", "then");
    const { snapshotId } = await sandbox.createSnapshot();
    await sandbox.files.write("/at.txt", "now");
    const past = await Sandbox.create(snapshotId, options);
    expect(await past.files.read("/at.txt")).toBe("then");
    const [forked] = await sandbox.fork();
    if (!(forked instanceof Sandbox)) throw forked;
    expect(await forked.files.read("/at.txt")).toBe("now");
    expect(running.size).toBe(2);
    const listed = await sandbox.listSnapshots().nextItems();
    expect(listed.map((one) => one.snapshotId)).toEqual([snapshotId]);
    expect(await Sandbox.deleteSnapshot(snapshotId, options)).toBe(true);
    expect(await Sandbox.deleteSnapshot(snapshotId, options)).toBe(false);
  });

  test("refuses what it cannot make, and who has no key", async () => {
    await expect(Sandbox.create("other", options)).rejects.toThrow('there is no image "other"');
    const wrong = { ...options, apiKey: KEY.replace("0", "1") };
    await expect(Sandbox.create("image", wrong)).rejects.toThrow("the API key is wrong");
    const { body } = await ask("/sandboxes/any", {});
    expect(body).toContain("the request has no API key: the file that this node was given");
    const volumeMounts = { "/data": "volume" };
    await expect(Sandbox.create("image", { ...options, volumeMounts })).rejects.toThrow("volume");
    const { status } = await ask("/v2/sandboxes", {});
    expect(status).toBe(401);
    expect(running.size).toBe(0);
  });
});

describe("the port of agents", () => {
  test("means the only sandbox where none is named, and names several", async () => {
    const debug = { debug: true, sandboxUrl: options.sandboxUrl };
    const sandbox = await Sandbox.create(debug);
    expect(await sandbox.isRunning()).toBe(false);
    const first = await server.registry.add("notes", await start());
    expect(await sandbox.isRunning()).toBe(true);
    await sandbox.files.write("/here", "x");
    await server.registry.add("notes", await start());
    const sentence =
      'several sandboxes are running here; connect to one by its name: "notes", "notes-2"';
    const several = await ask("/health", { "e2b-sandbox-id": "debug_sandbox_id" });
    expect([several.status, JSON.parse(several.body)]).toEqual([
      400,
      { code: 400, message: sentence },
    ]);
    // As the SDK shows it, of plain HTTP, of calls and of streams.
    for (const asked of [
      () => sandbox.isRunning(),
      () => sandbox.files.write("/here", "x"),
      () => sandbox.files.list("/"),
      () => sandbox.commands.run("true"),
    ]) {
      const error = await asked().catch((reason: unknown) => reason as Error);
      expect(error).toMatchObject({ name: "InvalidArgumentError" });
      expect((error as Error).message).toContain(sentence);
    }
    const named = await ask("/files?path=/here", { "e2b-sandbox-id": "notes" });
    expect(named.body).toBe("x");
    const byHost = await ask("/files?path=/here", { host: "49983-notes-2.localhost" });
    expect(byHost.status).toBe(404);
    await first.running.end();
    const gone = await ask("/health", { "e2b-sandbox-id": "notes" });
    expect([gone.status, JSON.parse(gone.body)]).toEqual([
      502,
      { code: 502, message: "the sandbox was not found", sandboxId: "notes" },
    ]);
    expect((await ask("/health", { host: "3000-notes-2.localhost" })).status).toBe(502);
    expect(await sandbox.isRunning()).toBe(true);
  });

  test("answers under names of this computer, and to its pages alone", async () => {
    await server.registry.add("notes", await start());
    const { port } = server;
    for (const host of [
      `localhost:${port}`,
      `127.0.0.1:${port}`,
      "[::1]",
      "49983-notes.localhost",
    ]) {
      expect([host, (await ask("/health", { host })).status]).toEqual([host, 204]);
    }
    for (const host of [
      "example.com",
      "localhost.example.com",
      "notes.localhost",
      "127.0.0.1.nip.io",
    ]) {
      expect([host, (await ask("/health", { host })).status]).toEqual([host, 403]);
    }
    for (const origin of ["http://localhost:5173", "http://127.0.0.1:9797", "https://localhost"]) {
      const { status, headers } = await ask("/health", { origin });
      expect([status, headers["access-control-allow-origin"]]).toEqual([204, origin]);
    }
    for (const origin of ["https://example.com", "null", "http://notes.localhost:9797"]) {
      const { status, headers } = await ask("/health", { origin });
      expect([origin, status]).toEqual([origin, 403]);
      expect(headers["access-control-allow-origin"]).toBeUndefined();
      expect((await ask("/health", { origin }, "OPTIONS")).status).toBe(403);
    }
    const image = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" };
    expect((await ask("/files?path=/x", image)).status).toBe(403);
  });

  test("says back in a preflight what is asked for", async () => {
    const asked = "authorization,connect-protocol-version,x-metadata-author";
    const origin = "http://localhost:5173";
    const { status, headers } = await ask(
      "/files",
      { origin, "access-control-request-headers": asked, "access-control-request-method": "POST" },
      "OPTIONS",
    );
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-headers": asked,
      "access-control-max-age": "7200",
    });
  });

  test("ends what a client has asked for when its connection breaks", async () => {
    const reference = await openReferenceSandbox();
    stack.use(reference);
    const gone = new Promise(() => undefined);
    await server.registry.add("notes", {
      sandbox: reference.sandbox,
      gone,
      end: async () => undefined,
    });
    const { port } = server;
    const path = "/files?path=/half";
    const headers = { "content-type": "application/octet-stream" };
    const upload = httpRequest({ host: "127.0.0.1", port, path, headers, method: "POST" });
    upload.on("error", () => undefined); // it is destroyed
    upload.write("begun");
    await expect.poll(() => reference.files.uploads.size).toBe(1);
    upload.destroy();
    await expect.poll(() => reference.files.uploads.size).toBe(0);
    const sandbox = await Sandbox.create({ debug: true, sandboxUrl: options.sandboxUrl });
    const watcher = await sandbox.files.watchDir("/", () => undefined);
    expect(reference.files.watching.size).toBe(1);
    await watcher.stop();
    await expect.poll(() => reference.files.watching.size).toBe(0);
  });

  test("is one sentence where it is taken", async () => {
    const { port } = server;
    const taken = startAgentServer({
      port,
      sandboxes: { create: () => start(), keep: async () => undefined, readKept },
    });
    await expect(taken).rejects.toThrow(
      `Cannot serve sandboxes: port ${port} is taken, perhaps by another ww sandbox; choose another with --agent-port`,
    );
  });

  test("gives a snapshot as a CAR to those who have the key", async () => {
    const sandbox = await Sandbox.create("image", options);
    const { snapshotId } = await sandbox.createSnapshot();
    const path = `/snapshots/${snapshotId}/car`;
    expect((await ask(path, {})).status).toBe(401);
    const found = await ask(path, { "x-api-key": KEY });
    expect(found).toMatchObject({ status: 200, body: `the image /ipfs/${snapshotId}` });
    expect(found.headers["content-type"]).toBe("application/vnd.ipld.car");
    const unknown = await ask("/snapshots/bafyother/car", { "x-api-key": KEY });
    expect(unknown.status).toBe(404);
  });

  test("makes no sandboxes without a key", async () => {
    const sandboxes: Sandboxes = { create: () => start(), keep: async () => undefined, readKept };
    await using keyless = await startAgentServer({ port: 0, sandboxes });
    const apiUrl = `http://127.0.0.1:${keyless.port}`;
    await expect(Sandbox.create("image", { ...options, apiUrl })).rejects.toThrow(
      "--api-key <file>",
    );
  });
});

test("startAgentServer() opens no key where its port is taken", async () => {
  const sandboxes: Sandboxes = { create: () => start(), keep: async () => undefined, readKept };
  await using first = await startAgentServer({ port: 0, sandboxes });
  const keys: string[] = [];
  const openKey = async (): Promise<string> => String(keys.push(KEY));
  await expect(startAgentServer({ port: first.port, sandboxes, openKey })).rejects.toThrow("taken");
  expect(keys).toEqual([]);
});
