import { afterEach, beforeEach, expect, test } from "vitest";
import { concatBytes, decodeText, encodeText } from "#base";
import { servePieces } from "#caps";
import { AnyClient, serve } from "#capnp";
import { ByteStream, Files, Sandbox, SandboxProcess, Spawner } from "#schema";
import type { FileEntry, FilesServer, UploadServer } from "#schema";
import { openAgent } from "#agent";
import type { Agent } from "#agent";

let agent: Agent;
let timers: Set<number>;
let files: Map<string, Uint8Array>;
let input: string[];

beforeEach(async () => {
  timers = new Set();
  files = new Map();
  input = [];
  using sandbox = serve(Sandbox, {
    files: () => ({ files: serve(Files, serveFiles()) }),
    spawner: () => ({
      spawner: serve(Spawner, {
        spawn: () => ({ process: startCat(), pid: 7 }),
        port: () => fail(),
      }),
    }),
    usage: () => ({ usage: {} }),
    snapshot: () => fail(),
    fork: () => fail(),
    port: () => fail(),
  });
  agent = await openAgent(sandbox, {
    now: () => 0,
    startTimer(ms, tell) {
      const timer = Number(setTimeout(tell, ms));
      timers.add(timer);
      return () => {
        clearTimeout(timer);
        timers.delete(timer);
      };
    },
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  });
});
afterEach(() => agent[Symbol.dispose]());

function ask(path: string, init?: RequestInit): Promise<Response> {
  return agent.fetch(new Request(`/${path}`, init));
}

test("openAgent() carries files of a form, and back compressed and in ranges", async () => {
  const form = new FormData();
  form.append("file", new Blob(["content"]), "/a/b.txt");
  const written = await ask("files", { method: "POST", body: form });
  expect(await written.json()).toEqual([{ path: "/a/b.txt", name: "b.txt", type: "file" }]);
  const range = await ask("files?path=/a/b.txt", { headers: { range: "bytes=3-" } });
  expect([range.status, await range.text()]).toEqual([206, "tent"]);
  // A page's own requests cannot say what they take; a forwarder's can.
  const headers = new Headers({ "accept-encoding": "gzip" });
  const request = new Request("/files?path=/a/b.txt");
  const asked = new Proxy(request, {
    get: (target, name) =>
      name === "headers" ? headers : (Reflect.get(target, name, target) as unknown),
  });
  const zipped = await agent.fetch(asked);
  expect(zipped.headers.get("content-encoding")).toBe("gzip");
  const plain = zipped.body?.pipeThrough(new DecompressionStream("gzip"));
  expect(await new Response(plain).text()).toBe("content");
  expect((await ask("files?path=/none")).status).toBe(404);
});

test("openAgent() answers calls, and ends a stream whose body is cancelled", async () => {
  const called = await ask("filesystem.Filesystem/Stat", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ path: "/none" }),
  });
  expect([called.status, await called.json()]).toEqual([
    404,
    { code: "not_found", message: "file not found: /none" },
  ]);
  const message = encodeText(JSON.stringify({ process: { cmd: "cat", cwd: "/" } }));
  const streamed = await ask("process.Process/Start", {
    method: "POST",
    headers: { "content-type": "application/connect+json" },
    body: concatBytes([Uint8Array.from([0, 0, 0, 0, message.length]), message]) as BodyInit,
  });
  const reader = streamed.body?.getReader();
  const first = await reader?.read();
  expect(decodeText(first?.value ?? new Uint8Array(0))).toContain('{"event":{"start":{"pid":7}}}');
  const sent = await ask("process.Process/SendInput", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ process: { pid: 7 }, input: { stdin: btoa("typed") } }),
  });
  expect(await sent.json()).toEqual({});
  expect(input).toEqual(["typed"]);
  await reader?.cancel();
  await expect.poll(() => timers.size).toBe(0);
});

/** Files in memory, without directories but the root. */
function serveFiles(): FilesServer {
  const root: FileEntry = {
    path: "",
    modifiedNs: -1n,
    metadata: [],
    which: "directory",
    directory: undefined,
  };
  return {
    stat(path) {
      const bytes = files.get(path);
      if (path === "/") return { entry: root, refusal: "none" };
      if (bytes === undefined) return { entry: root, refusal: "noEntry" };
      return { entry: { ...root, which: "file", file: bytes.length }, refusal: "none" };
    },
    read(path, offset, lengthBytes) {
      const bytes = files.get(path)?.slice(offset, offset + lengthBytes);
      const stream = serve(ByteStream, servePieces(toPieces(bytes)));
      return { stream, sizeBytes: bytes?.length ?? 0, refusal: "none" };
    },
    write(path) {
      const pieces: Uint8Array[] = [];
      const server: UploadServer = {
        stream: () => ({
          stream: {
            read: () => fail(),
            write: (data: Uint8Array) => void pieces.push(data.slice()),
            close: () => undefined,
          },
        }),
        commit() {
          files.set(path, concatBytes(pieces));
          return { entry: root, refusal: "none" };
        },
      };
      return { upload: server, refusal: "none" };
    },
    list: () => fail(),
    makeDirectory: () => fail(),
    move: () => fail(),
    remove: () => fail(),
    watch: () => fail(),
    setMetadata: () => fail(),
  };
}

/** Notes its input, and neither writes nor ends. */
function startCat(): SandboxProcess {
  const forever = new Promise<never>(() => undefined);
  return serve(SandboxProcess, {
    stdin: () => ({
      stream: {
        read: () => fail(),
        write: (data: Uint8Array) => void input.push(decodeText(data)),
        close: () => undefined,
      },
    }),
    stdout: () => ({
      stream: { read: () => forever, write: () => fail(), close: () => undefined },
    }),
    stderr: () => ({
      stream: { read: () => forever, write: () => fail(), close: () => undefined },
    }),
    wait: () => forever,
    signal: () => undefined,
    resize: () => fail(),
    bootstrap: () => ({ cap: serve(AnyClient, {}) }),
  });
}

async function* toPieces(bytes: Uint8Array | undefined): AsyncGenerator<Uint8Array> {
  if (bytes !== undefined) yield bytes;
}

function fail(): never {
  throw new Error("Nothing asks for this");
}
