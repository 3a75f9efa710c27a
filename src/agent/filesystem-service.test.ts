import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BOUNDS } from "#agent";
import { openTestedAgent } from "./open-agent.testing.ts";
import type { Called, TestedAgent } from "./open-agent.testing.ts";

let agent: TestedAgent;
beforeEach(async () => {
  agent = await openTestedAgent();
  const { root } = agent.reference;
  await mkdir(join(root, "data/sub"), { recursive: true });
  await mkdir(join(root, "home/user"), { recursive: true });
  await writeFile(join(root, "data/file.txt"), "12345");
  await writeFile(join(root, "data/sub/deep.txt"), "x");
  await symlink("../../data", join(root, "home/user/link"));
  await symlink("/data/sub", join(root, "data/to-sub"));
  await symlink("nowhere", join(root, "data/broken"));
  await symlink("around", join(root, "data/around"));
});
afterEach(() => agent[Symbol.asyncDispose]());

function call(method: string, message: object): Promise<Called> {
  return agent.call(`filesystem.Filesystem/${method}`, message);
}

const FILE = {
  name: "file.txt",
  type: "FILE_TYPE_FILE",
  path: "/data/file.txt",
  size: "5",
  mode: 0o755,
  permissions: "-rwxr-xr-x",
  owner: "user",
  group: "user",
};

describe("Stat", () => {
  test("tells of files, directories and where links lead", async () => {
    const { body } = await call("Stat", { path: "/data/file.txt" });
    expect(body).toEqual({
      entry: { ...FILE, modifiedTime: expect.stringMatching(/^\d{4}-.*Z$/) as string },
    });
    expect((await call("Stat", { path: "/data" })).body).toMatchObject({
      entry: { type: "FILE_TYPE_DIRECTORY", mode: 0o755, permissions: "drwxr-xr-x" },
    });
    expect((await call("Stat", { path: "/data/to-sub" })).body).toMatchObject({
      entry: {
        name: "to-sub",
        type: "FILE_TYPE_DIRECTORY",
        mode: 0o755,
        size: `${"/data/sub".length}`,
        permissions: "Lrwxrwxrwx",
        symlinkTarget: "/data/sub",
      },
    });
    const { body: broken } = await call("Stat", { path: "/data/broken" });
    expect(broken).toMatchObject({ entry: { name: "broken", symlinkTarget: "/data/broken" } });
    expect(broken).not.toHaveProperty("entry.type");
  });

  test("takes paths as their user means them", async () => {
    for (const path of ["link/file.txt", "~/link/file.txt", "/home/../data/./file.txt"]) {
      expect((await call("Stat", { path })).body, path).toMatchObject({ entry: { size: "5" } });
    }
    expect((await call("Stat", { path: "" })).body).toMatchObject({
      entry: { path: "/home/user" },
    });
    await agent.fetch("/init", {
      method: "POST",
      body: JSON.stringify({ defaultWorkdir: "/data", defaultUser: "root" }),
    });
    expect((await call("Stat", { path: "" })).body).toMatchObject({
      entry: { path: "/data", owner: "root" },
    });
    // What is relative is so to the home.
    expect((await call("Stat", { path: "file.txt" })).body).toMatchObject({
      message: "file not found: /root/file.txt",
    });
  });

  test.each([
    ["../../../../etc/hostname", 404, "not_found"],
    ["/data/../../../etc/hostname", 404, "not_found"],
    ["a\0b", 400, "invalid_argument"],
    ["~other", 400, "invalid_argument"],
    ["x/".repeat(BOUNDS.pathLength), 400, "invalid_argument"],
    ["x".repeat(300), 400, "invalid_argument"],
    ["/data/file.txt/below", 400, "invalid_argument"],
    ["/data/around/x", 400, "failed_precondition"],
  ])("refuses %j", async (path, status, code) => {
    expect(await call("Stat", { path })).toMatchObject({ status, body: { code } });
  });
});

const names = async (message: object): Promise<unknown> => {
  const { body } = await call("ListDir", message);
  return (body["entries"] as { path: string }[]).map(({ path }) => path);
};

describe("ListDir", () => {
  test("lists what is below the path that was asked for, and follows no links below it", async () => {
    const direct = ["around", "broken", "file.txt", "sub", "to-sub"];
    expect(await names({ path: "/data" })).toEqual(direct.map((name) => `/data/${name}`));
    expect(await names({ path: "/home/user/link", depth: 3 })).toEqual(
      [...direct.slice(0, 4), "sub/deep.txt", "to-sub"].map((name) => `/home/user/link/${name}`),
    );
  });

  test.each([
    ["/data/file.txt", 400, "invalid_argument"],
    ["/data/none", 404, "not_found"],
    ["/data/around", 400, "failed_precondition"],
  ])("refuses %s", async (path, status, code) => {
    expect(await call("ListDir", { path })).toMatchObject({ status, body: { code } });
  });
});

test("MakeDir makes parents, and tells a directory from a file that is there", async () => {
  const made = await call("MakeDir", { path: "/a/b/c" });
  expect(made).toMatchObject({ status: 200, body: { entry: { path: "/a/b/c" } } });
  expect(await call("MakeDir", { path: "/a/b" })).toEqual({
    status: 409,
    body: { code: "already_exists", message: "directory already exists: /a/b" },
  });
  expect(await call("MakeDir", { path: "/data/file.txt" })).toMatchObject({
    status: 400,
    body: { code: "invalid_argument" },
  });
});

test("Move makes parents and replaces files; Remove removes all, and what is not there", async () => {
  const moved = await call("Move", { source: "/data/file.txt", destination: "/new/place.txt" });
  expect(moved).toMatchObject({ status: 200, body: { entry: { path: "/new/place.txt" } } });
  await call("Move", { source: "/new/place.txt", destination: "/data/sub/deep.txt" });
  expect(await call("Stat", { path: "/data/sub/deep.txt" })).toMatchObject({
    body: { entry: { size: "5" } },
  });
  expect(await call("Move", { source: "/none", destination: "/other" })).toEqual({
    status: 404,
    body: { code: "not_found", message: "source file not found: /none" },
  });
  for (let times = 0; times < 2; times++) {
    expect(await call("Remove", { path: "/data" })).toEqual({ status: 200, body: {} });
  }
  expect((await call("Stat", { path: "/data/sub/deep.txt" })).status).toBe(404);
  expect((await call("Remove", { path: "/" })).status).toBe(403);
});

const event = (type: string, name: string): object => ({
  filesystem: { name, type: `EVENT_TYPE_${type}` },
});

describe("WatchDir", () => {
  const WATCH = "filesystem.Filesystem/WatchDir";
  test("begins with a start, and tells of changes by names within the directory", async () => {
    const stream = await agent.stream(WATCH, { path: "/home/user/link", recursive: true });
    expect(await stream.next()).toEqual({ start: {} });
    await call("MakeDir", { path: "/data/sub/new" });
    await call("Move", { source: "/data/file.txt", destination: "/data/sub/moved" });
    await call("Move", { source: "/data/sub/moved", destination: "/elsewhere" });
    await call("Remove", { path: "/data/sub" });
    for (const told of [
      event("CREATE", "sub/new"),
      event("RENAME", "file.txt"),
      event("CREATE", "sub/moved"),
      event("RENAME", "sub/moved"),
      event("REMOVE", "sub"),
    ]) {
      expect(await stream.next()).toEqual(told);
    }
    await stream.cancel();
    await expect.poll(() => agent.reference.files.watching.size).toBe(0);
    expect(agent.timers).toBe(0);
  });

  test("gives entries if asked, and only what is directly below unless asked for all", async () => {
    const stream = await agent.stream(WATCH, { path: "/data", includeEntry: true });
    await stream.next();
    await call("MakeDir", { path: "/data/sub/unseen" });
    await call("MakeDir", { path: "/data/seen" });
    await call("Remove", { path: "/data/seen" });
    expect(await stream.next()).toMatchObject({
      filesystem: { name: "seen", type: "EVENT_TYPE_CREATE" },
    });
    expect(await stream.next()).toEqual(event("REMOVE", "seen"));
  });

  test("says that it lives after a silence, and ends with its client", async () => {
    const leaving = new AbortController();
    const headers = { "keepalive-ping-interval": "7" };
    const stream = await agent.stream(WATCH, { path: "/data" }, headers, leaving.signal);
    await stream.next();
    const next = stream.next();
    await expect.poll(() => agent.timers).toBe(1);
    agent.pass(7000);
    expect(await next).toEqual({ keepalive: {} });
    leaving.abort();
    await expect.poll(() => agent.reference.files.watching.size).toBe(0);
  });

  test.each([
    ["/data/none", "not_found"],
    ["/data/file.txt", "invalid_argument"],
  ])("refuses %s", async (path, code) => {
    const stream = await agent.stream(WATCH, { path });
    expect(await stream.next()).toMatchObject({ end: { error: { code } } });
  });
});

describe("CreateWatcher", () => {
  test("keeps events until they are asked for, or it is removed", async () => {
    const { body } = await call("CreateWatcher", { path: "/data", recursive: true });
    const watcher = { watcherId: body["watcherId"] };
    await call("MakeDir", { path: "/data/one" });
    await call("MakeDir", { path: "/data/sub/two" });
    const told: unknown[] = [];
    await expect
      .poll(async () => {
        const { body: got } = await call("GetWatcherEvents", watcher);
        told.push(...((got["events"] as unknown[] | undefined) ?? []));
        return told;
      })
      .toEqual([
        { name: "one", type: "EVENT_TYPE_CREATE" },
        { name: "sub/two", type: "EVENT_TYPE_CREATE" },
      ]);
    expect((await call("GetWatcherEvents", watcher)).body).toEqual({});
    expect(await call("RemoveWatcher", watcher)).toEqual({ status: 200, body: {} });
    await expect.poll(() => agent.reference.files.watching.size).toBe(0);
    for (const method of ["GetWatcherEvents", "RemoveWatcher"]) {
      expect(await call(method, watcher)).toMatchObject({ status: 404 });
    }
  });

  test("refuses more than there may be", async () => {
    const all = Array.from({ length: BOUNDS.watchers + 1 }, () =>
      call("CreateWatcher", { path: "/data" }),
    );
    const refused = (await Promise.all(all)).filter(({ status }) => status !== 200);
    expect(refused).toMatchObject([{ status: 429, body: { code: "resource_exhausted" } }]);
  });
});
