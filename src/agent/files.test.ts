import { mkdir, readdir, readFile, rename, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { encodeText } from "#base";
import { BOUNDS } from "#agent";
import { openTestedAgent } from "./open-agent.testing.ts";
import type { TestedAgent } from "./open-agent.testing.ts";

let agent: TestedAgent;
beforeEach(async () => {
  agent = await openTestedAgent();
  await mkdir(join(agent.reference.root, "data"));
  await writeFile(join(agent.reference.root, "data/digits.txt"), "0123456789");
  const date = new Date(MODIFIED);
  await utimes(join(agent.reference.root, "data/digits.txt"), date, date);
});
afterEach(() => agent[Symbol.asyncDispose]());

const MODIFIED = "Thu, 01 Jan 2026 10:00:00 GMT";
const BEFORE = "Thu, 01 Jan 2026 09:59:59 GMT";

function get(headers: HeadersInit = {}, path = "/data/digits.txt"): Promise<Response> {
  return agent.fetch(`/files?path=${encodeURIComponent(path)}`, { headers });
}

function post(
  query: string,
  body: BodyInit,
  headers: HeadersInit = { "content-type": "application/octet-stream" },
): Promise<Response> {
  return agent.fetch(`/files${query}`, { method: "POST", headers, body, duplex: "half" });
}

/** What a file of the sandbox contains. */
function contentOf(path: string): Promise<string> {
  return readFile(join(agent.reference.root, path), "utf8");
}

/** Nothing was begun that is not finished. */
async function expectNothingLeft(): Promise<void> {
  await expect.poll(() => agent.reference.files.uploads.size).toBe(0);
  expect(await readdir(join(agent.reference.root, "data"))).toEqual(["digits.txt"]);
  expect(agent.timers).toBe(0);
}

describe("GET /files", () => {
  test.each(["short", "longer than it was"])("of a file that is replaced by: %s", async (text) => {
    const { files, root } = agent.reference;
    const stat = files.server.stat.bind(files.server);
    let times = 0;
    files.server.stat = async (...args) => {
      const found = await stat(...args);
      if (times++ === 0) {
        await writeFile(join(root, "data/new.txt"), text);
        await rename(join(root, "data/new.txt"), join(root, "data/digits.txt"));
      }
      return found;
    };
    const response = await get();
    expect(response.headers.get("content-length")).toBe(`${text.length}`);
    expect(await response.text()).toBe(text);
  });

  test("gives the file, under its name, and never as a document", async () => {
    const response = await get();
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "accept-ranges": "bytes",
      "content-length": "10",
      "content-disposition": "inline; filename=digits.txt",
      "content-type": "application/octet-stream",
      "last-modified": MODIFIED,
      "x-content-type-options": "nosniff",
      vary: "Accept-Encoding",
    });
    expect(await response.text()).toBe("0123456789");
    await writeFile(join(agent.reference.root, 'data/grüße "1".txt'), "");
    const named = await get({}, '/data/grüße "1".txt');
    expect(named.headers.get("content-disposition")).toBe(
      `inline; filename="gr__e _1_.txt"; filename*=UTF-8''gr%C3%BC%C3%9Fe%20%221%22.txt`,
    );
    expect(await named.text()).toBe("");
  });

  test.each([
    ["bytes=2-4", 206, "234", "bytes 2-4/10"],
    ["bytes=7-", 206, "789", "bytes 7-9/10"],
    ["bytes=-3", 206, "789", "bytes 7-9/10"],
    ["bytes=-30", 206, "0123456789", "bytes 0-9/10"],
    ["bytes=8-99", 206, "89", "bytes 8-9/10"],
    ["bytes=0-1,3-4", 200, "0123456789", null],
    ["lines=1-2", 200, "0123456789", null],
    ["bytes=4-2", 200, "0123456789", null],
  ])("answers the range %s", async (range, status, text, contentRange) => {
    const response = await get({ range });
    expect([response.status, await response.text()]).toEqual([status, text]);
    expect(response.headers.get("content-range")).toBe(contentRange);
  });

  test.each(["bytes=10-", "bytes=99-100", "bytes=-0"])("refuses the range %s", async (range) => {
    const response = await get({ range });
    expect(response.status).toBe(416);
    expect(response.headers.get("content-range")).toBe("bytes */10");
    expect(await response.json()).toEqual({
      code: 416,
      message: "the range is outside of the file",
    });
  });

  test.each([
    [{ "if-modified-since": MODIFIED }, 304],
    [{ "if-modified-since": BEFORE }, 200],
    [{ "if-unmodified-since": MODIFIED }, 200],
    [{ "if-unmodified-since": BEFORE }, 412],
    [{ "if-match": "*" }, 200],
    [{ "if-match": '"tag"' }, 412],
    [{ "if-none-match": "*" }, 304],
    [{ "if-none-match": '"tag"', "if-modified-since": MODIFIED }, 200],
    [{ range: "bytes=1-1", "if-range": MODIFIED }, 206],
    [{ range: "bytes=1-1", "if-range": BEFORE }, 200],
  ])("answers the conditions %j", async (headers, status) => {
    const response = await get(headers);
    expect(response.status).toBe(status);
    await response.text();
  });

  test("compresses for those that take it, and refuses those that take nothing", async () => {
    for (const accept of ["gzip, deflate", "*", "deflate;q=1, gzip;q=0.5"]) {
      const zipped = await get({ "accept-encoding": accept });
      expect(zipped.headers.get("content-encoding"), accept).toBe("gzip");
      expect(zipped.headers.has("content-length")).toBe(false);
      expect(gunzipSync(await zipped.bytes()).toString()).toBe("0123456789");
    }
    for (const accept of ["identity", "deflate", "gzip;q=0", "identity;q=1, gzip;q=0.1"]) {
      const plain = await get({ "accept-encoding": accept });
      expect([accept, await plain.text()]).toEqual([accept, "0123456789"]);
    }
    const range = await get({ "accept-encoding": "gzip", range: "bytes=0-0" });
    expect(await range.text()).toBe("0");
    for (const accept of ["identity;q=0", "*;q=0", "deflate, identity;q=0"]) {
      expect((await get({ "accept-encoding": accept })).status, accept).toBe(406);
    }
  });

  test.each([
    ["/data/none", 404, "path '/data/none' does not exist"],
    ["/data", 400, "path '/data' is a directory"],
    ["/../../../../../../etc/hostname", 404, "path '/etc/hostname' does not exist"],
    ["~other", 400, "cannot expand user-specific home dir"],
  ])("refuses %s", async (path, code, message) => {
    const response = await get({}, path);
    expect([response.status, await response.json()]).toEqual([code, { code, message }]);
  });

  test("ends for a reader that has left, and for one that does not read", async () => {
    await writeFile(join(agent.reference.root, "data/large"), new Uint8Array(8_000_000));
    const left = await get({}, "/data/large");
    await left.body?.cancel();
    expect(agent.timers).toBe(0);
    const stalled = await get({}, "/data/large");
    await expect.poll(() => agent.timers).toBe(1);
    agent.pass(BOUNDS.readerIdleMs);
    await expect(stalled.bytes()).rejects.toThrow("nothing was read");
    expect(agent.timers).toBe(0);
  });
});

const part = (name: string, text: string): string =>
  `--BB\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n\r\n${text}\r\n`;

const endless = (begun = encodeText("begun")): ReadableStream<Uint8Array> =>
  new ReadableStream({ start: (controller) => controller.enqueue(begun) });

describe("POST /files", () => {
  test("writes a body of bytes, plain or compressed, with parents and metadata", async () => {
    const headers = { "content-type": "application/octet-stream", "x-metadata-author": "me" };
    const plain = await post("?path=new/a.txt", "plain", headers);
    expect(await plain.json()).toEqual([
      { path: "/home/user/new/a.txt", name: "a.txt", type: "file", metadata: { author: "me" } },
    ]);
    expect(await contentOf("home/user/new/a.txt")).toBe("plain");
    const zipped = await post("?path=/new/b.txt&username=user", gzipSync("zipped".repeat(9999)), {
      ...headers,
      "content-encoding": "gzip",
    });
    expect(zipped.status).toBe(200);
    expect(await contentOf("new/b.txt")).toBe("zipped".repeat(9999));
    const stat = await agent.call("filesystem.Filesystem/Stat", { path: "/new/b.txt" });
    expect(stat.body).toMatchObject({ entry: { metadata: { author: "me" } } });
    // What is written over has none.
    await post("?path=/new/b.txt", "");
    const after = await agent.call("filesystem.Filesystem/Stat", { path: "/new/b.txt" });
    expect(after.body).not.toHaveProperty("entry.metadata");
    expect(await contentOf("new/b.txt")).toBe("");
  });

  test("writes the files of a form to their names with directories", async () => {
    const form = new FormData();
    form.append("other", new Blob(["ignored"]), "/data/ignored");
    form.append("file", new Blob(["one"]), "/many/x/one.txt");
    form.append("file", new Blob(["two"]), "two.txt");
    const response = await agent.fetch("/files", { method: "POST", body: form, duplex: "half" });
    expect(await response.json()).toEqual([
      { path: "/many/x/one.txt", name: "one.txt", type: "file" },
      { path: "/home/user/two.txt", name: "two.txt", type: "file" },
    ]);
    expect(await contentOf("many/x/one.txt")).toBe("one");
    await expectNothingLeft();
  });

  const FORM = { "content-type": "multipart/form-data; boundary=BB" };
  const OCTETS = { "content-type": "application/octet-stream" };
  test.each<[string, string, BodyInit, Record<string, string>, number, string]>([
    ["no path", "", "x", OCTETS, 400, "path is required for this content type"],
    ["a directory", "?path=/data", "x", OCTETS, 400, "path is a directory: /data"],
    ["no kind of body", "?path=/data/x", "x", { "content-type": "text/plain" }, 400, "unsupported"],
    ["an unknown user", "?path=x&username=nobody", "x", OCTETS, 401, "invalid username"],
    [
      "an unknown coding",
      "?path=/data/x",
      "x",
      { ...OCTETS, "content-encoding": "br" },
      400,
      "unsupported content encoding: br",
    ],
    [
      "what is no gzip",
      "?path=/data/x",
      "not gzip",
      { ...OCTETS, "content-encoding": "gzip" },
      400,
      "the body is not gzip, or is truncated",
    ],
    [
      "gzip that ends early",
      "?path=/data/x",
      gzipSync("x".repeat(100_000)).subarray(0, 60),
      { ...OCTETS, "content-encoding": "gzip" },
      400,
      "the body is not gzip, or is truncated",
    ],
    [
      "metadata without measure",
      "?path=/data/x",
      "x",
      { ...OCTETS, "x-metadata-a": "x".repeat(BOUNDS.metadataBytes) },
      400,
      "metadata is longer than",
    ],
    [
      "one name twice",
      "",
      `${part("/data/a", "1")}${part("/data/../data/a", "2")}--BB--`,
      FORM,
      400,
      "multiple files to the same path '/data/a'",
    ],
    [
      "several files for one path",
      "?path=/data/a",
      `${part("a", "1")}${part("b", "2")}--BB--`,
      FORM,
      400,
      "multiple files",
    ],
    ["a file without a name", "", `${part("", "1")}--BB--`, FORM, 400, "neither a path nor a name"],
    [
      "a form that ends early",
      "",
      `${part("/data/a", "1")}${part("/data/b", "2")}`,
      FORM,
      400,
      "it is truncated",
    ],
    [
      "a form that leads to a directory",
      "",
      `${part("/data/a", "1")}${part("/data", "2")}--BB--`,
      FORM,
      400,
      "is a directory",
    ],
  ])("refuses %s, and leaves nothing behind", async (_, query, body, headers, status, message) => {
    const response = await post(query, body, headers);
    const answer = (await response.json()) as { code: number; message: string };
    expect([response.status, answer.code]).toEqual([status, status]);
    expect(answer.message).toContain(message);
    await expectNothingLeft();
  });

  test("leaves nothing behind of a body that breaks, has no end, or whose client left", async () => {
    const idle = post("?path=/data/x", endless());
    await expect.poll(() => agent.reference.files.uploads.size).toBe(1);
    agent.pass(BOUNDS.bodyIdleMs);
    expect((await idle).status).toBe(408);
    await expectNothingLeft();

    const zipped = post("?path=/data/x", endless(gzipSync("x").subarray(0, 10)), {
      ...OCTETS,
      "content-encoding": "gzip",
    });
    await expect.poll(() => agent.reference.files.uploads.size).toBe(1);
    agent.pass(BOUNDS.bodyIdleMs);
    expect((await zipped).status).toBe(408);
    await expectNothingLeft();

    const broken = post(
      "?path=/data/x",
      new ReadableStream({ pull: (controller) => controller.error(new Error("cut")) }),
    );
    expect((await broken).status).toBe(500);
    await expectNothingLeft();

    const leaving = new AbortController();
    const left = agent.fetch("/files?path=/data/x", {
      method: "POST",
      headers: OCTETS,
      body: endless(),
      duplex: "half",
      signal: leaving.signal,
    });
    await expect.poll(() => agent.reference.files.uploads.size).toBe(1);
    leaving.abort();
    expect((await left).status).toBe(499);
    await expectNothingLeft();
  });
});

const compose = (fields: object): Promise<Response> =>
  agent.fetch("/files/compose", { method: "POST", body: JSON.stringify(fields) });

describe("POST /files/compose", () => {
  test("puts files together and removes them", async () => {
    await post("?path=/parts/1", "one ");
    await post("?path=/parts/2", "two");
    const response = await compose({
      source_paths: ["/parts/1", "/parts/2"],
      destination: "whole.txt",
      username: "user",
    });
    expect(await response.json()).toEqual({
      path: "/home/user/whole.txt",
      name: "whole.txt",
      type: "file",
    });
    expect(await contentOf("home/user/whole.txt")).toBe("one two");
    expect(await readdir(join(agent.reference.root, "parts"))).toEqual([]);
  });

  test.each([
    [{ source_paths: ["/data/digits.txt", "/none"], destination: "/data/x" }, 404],
    [{ source_paths: ["/data"], destination: "/data/x" }, 400],
    [{ source_paths: [], destination: "/data/x" }, 400],
    [{ source_paths: [1], destination: "/data/x" }, 400],
    [{ source_paths: ["/data/digits.txt"] }, 400],
    [
      { source_paths: Array.from({ length: BOUNDS.sources + 1 }, () => "x"), destination: "x" },
      400,
    ],
    [{ source_paths: ["/data/digits.txt"], destination: "x", username: "nobody" }, 401],
  ])("refuses %j, and removes nothing", async (fields, status) => {
    expect((await compose(fields)).status).toBe(status);
    await expectNothingLeft();
  });
});

test("changes wait while the files are being kept, and are refused after a while", async () => {
  const { files } = agent.reference;
  files.isBusy = true;
  const calls = [
    post("?path=/data/x", "written"),
    agent.call("filesystem.Filesystem/MakeDir", { path: "/new" }),
    agent.call("filesystem.Filesystem/Move", { source: "/data/digits.txt", destination: "/moved" }),
    agent.call("filesystem.Filesystem/Remove", { path: "/data/none" }),
  ];
  await expect.poll(() => agent.timers).toBe(calls.length);
  agent.pass(1000);
  await expect.poll(() => agent.timers).toBe(calls.length);
  files.isBusy = false;
  agent.pass(1000);
  expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect([await contentOf("data/x"), await contentOf("moved")]).toEqual(["written", "0123456789"]);

  files.isBusy = true;
  const late = post("?path=/data/late", "x");
  let answered: Response | undefined;
  void late.then((response) => (answered = response));
  await expect
    .poll(
      () => {
        agent.pass(BOUNDS.busyMs);
        return answered?.status;
      },
      { interval: 1 },
    )
    .toBe(503);
  await expect.poll(() => files.uploads.size).toBe(0);
});
