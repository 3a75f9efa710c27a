/** Files do not change while a snapshot of them is being stored. */
import { encodeText } from "#base";
import type { FileSession, FileTree } from "#base";
import { expect, onTestFinished, test } from "vitest";
import { openSharedTree } from "./shared-tree.ts";
import type { SharedTree } from "./shared-tree.ts";

const SIZE_BYTES = 100_000;

/** A tree with one file, whose contents can be read once `fetched` resolves. */
function share(fetched: Promise<void> = Promise.resolve()): SharedTree {
  const tree: FileTree = {
    entries: new Map([["base", { type: "file", sizeBytes: SIZE_BYTES }]]),
    async read(_path, _offset, lengthBytes) {
      await fetched;
      return new Uint8Array(lengthBytes);
    },
  };
  const options = { createSpill: undefined, nowNs: () => 7n, memoryBytes: 64 * 1024 * 1024 };
  const shared = openSharedTree({ tree, ...options });
  onTestFinished(() => shared[Symbol.asyncDispose]());
  return shared;
}

function open(shared: SharedTree): FileSession {
  const { signal } = new AbortController();
  const session = shared.openSession({
    openFiles: 16,
    signal,
    monotonicMs: () => 0,
    onUsed: () => undefined,
  });
  onTestFinished(() => session[Symbol.dispose]());
  return session;
}

function ask(session: FileSession, call: string, ...args: readonly unknown[]): Promise<Uint8Array> {
  return askOf(0, session, call, ...args);
}

function askOf(
  handle: number,
  session: FileSession,
  call: string,
  ...args: readonly unknown[]
): Promise<Uint8Array> {
  const body = encodeText("changed");
  return session.answer({ type: "file", call, handle, args, dropped: [] }, body);
}

test("snapshots are taken one after the other, and nothing changes during any of them", async () => {
  const shared = share();
  const session = open(shared);
  let storing = 0;
  let most = 0;
  const store = (at: number): Promise<readonly string[]> =>
    shared.freeze(async ({ entries }) => {
      most = Math.max(most, ++storing);
      const asked = ask(session, "createDirectoryAt", `during-${at}`);
      for (let turn = 0; turn < 50; turn++) await Promise.resolve();
      expect(shared.service.stat(`during-${at}`, false)).toBe("no-entry");
      expect(shared.service.makeDirectory("mine")).toBe("busy");
      expect((await ask(open(shared), "stat"))[0]).toBe(0);
      storing--;
      void asked;
      return [...entries.keys()];
    });
  const [first, ...others] = await Promise.all([store(0), store(1), store(2), store(3)]);
  expect(most).toBe(1);
  expect(first).not.toContain("during-0");
  expect(others).toHaveLength(3);
  await ask(session, "createDirectoryAt", "after");
  for (const name of ["during-0", "during-1", "during-2", "during-3", "after"]) {
    expect(shared.service.stat(name, false), name).toMatchObject({ type: "directory" });
  }
  expect(shared.service.makeDirectory("mine")).toBeUndefined();
});

test("a change that waits for the image is finished before a snapshot is taken", async () => {
  const given = Promise.withResolvers<void>();
  const shared = share(given.promise);
  const session = open(shared);
  const flags = { read: true, write: true };
  await ask(session, "openAt", { symlinkFollow: true }, "base", {}, flags);
  const written = askOf(1, session, "write", ["10"]);
  const snapshot = shared.freeze(async (still) => {
    const bytes = await still.read("base", 10, 7);
    return { entry: still.entries.get("base"), bytes: bytes.slice() };
  });
  given.resolve();
  expect((await written)[0]).toBe(0);
  const { entry, bytes } = await snapshot;
  expect(entry).toEqual({ type: "file", sizeBytes: SIZE_BYTES });
  expect(bytes).toEqual(encodeText("changed"));
});
