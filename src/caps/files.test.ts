/** Files as a capability; `e2e/sandbox.spec.ts` tests it with a real tree. */
import { Exception } from "#base";
import { serve } from "#capnp";
import { Files } from "#schema";
import type { FileChange } from "#schema";
import { expect, test } from "vitest";
import { serveFiles } from "./files.ts";
import type { FilesDevice, TreeChange, TreeItem } from "./files.ts";

function refuse(): "no-entry" {
  return "no-entry";
}

/** A tree that only reports changes. */
function watchable(): {
  readonly device: FilesDevice;
  report(change: TreeChange): void;
  listeners: Set<unknown>;
} {
  const listeners = new Set<(change: TreeChange) => void>();
  return {
    listeners,
    report(change) {
      for (const listener of listeners) listener(change);
    },
    device: {
      stat: refuse,
      list: refuse,
      read: refuse,
      write: refuse,
      makeDirectory: refuse,
      move: refuse,
      remove: refuse,
      setMetadata: refuse,
      watch(_path, _recursive, listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
  };
}

function folder(path: string, modifiedNs: bigint | undefined): TreeItem {
  return { path, type: "directory", sizeBytes: 0, target: "", modifiedNs, metadata: new Map() };
}

test("a watcher gets changes in order, writes to one file as one, and none after its end", async () => {
  const watched = watchable();
  const { device, listeners } = watched;
  using files = serve(Files, serveFiles(device));
  const received: string[] = [];
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  const watcher = {
    changed(changes: readonly FileChange[]) {
      received.push(...changes.map(({ which, path }) => `${which} ${path}`));
      if (received.length >= 4) resolve();
    },
    lost: () => undefined,
  };
  const watching = await files.watch("/", true, watcher);
  watched.report({ type: "created", path: "a" });
  for (let times = 0; times < 1000; times++) watched.report({ type: "written", path: "a" });
  watched.report({ type: "renamed", path: "a", to: "b" });
  watched.report({ type: "written", path: "b" });
  await enough;
  expect(received).toEqual(["created a", "written a", "renamed a", "written b"]);
  watching[Symbol.dispose]();
  expect(listeners.size).toBe(0);
});

test("a watcher that takes nothing hears that it has lost changes, and is forgotten", async () => {
  const watched = watchable();
  const { device, listeners } = watched;
  using files = serve(Files, serveFiles(device));
  const { promise: lost, resolve } = Promise.withResolvers<string>();
  const never = Promise.withResolvers<void>();
  using watching = await files.watch("/", true, { changed: () => never.promise, lost: resolve });
  expect(watching.refusal).toBe("none");
  for (let at = 0; at <= 110_000; at++) watched.report({ type: "created", path: `${at}` });
  expect(await lost).toMatch(/Too many changes wait/);
  expect(listeners.size).toBe(0);
  never.resolve();
});

test("changes with long paths take several messages, none of which is too large to be read", async () => {
  const watched = watchable();
  using files = serve(Files, serveFiles(watched.device));
  const { promise: all, resolve } = Promise.withResolvers<void>();
  const counts: number[] = [];
  let received = 0;
  const watcher = {
    changed(changes: readonly FileChange[]) {
      counts.push(changes.length);
      received += changes.length;
      if (received === 1000) resolve();
    },
    lost: () => undefined,
  };
  using watching = await files.watch("/", true, watcher);
  expect(watching.refusal).toBe("none");
  for (let at = 0; at < 1000; at++) {
    watched.report({ type: "created", path: `${at}`.padStart(16 * 1024, "long/") });
  }
  await all;
  expect(Math.max(...counts)).toBeLessThanOrEqual(64);
});

test("a file of a moment that is too late for a message is listed with the others", async () => {
  const { device } = watchable();
  const items = [folder("never", undefined), folder("late", 2n ** 64n), folder("now", 5n)];
  using files = serve(Files, serveFiles({ ...device, list: () => items }));
  const { entries } = await files.list("", 1);
  expect(entries.map(({ modifiedNs }) => modifiedNs)).toEqual([-1n, 2n ** 63n - 1n, 5n]);
});

test("a refusal is a result, not a failure", async () => {
  using files = serve(Files, serveFiles(watchable().device));
  expect((await files.stat("/x", true)).refusal).toBe("noEntry");
  expect((await files.read("/x", 0)).refusal).toBe("noEntry");
  expect((await files.write("/x")).refusal).toBe("noEntry");
  expect((await files.setMetadata("/x", [{ name: "a", value: "b".repeat(9000) }])).refusal).toBe(
    "invalid",
  );
});

type Refused = "insufficient-space" | "not-permitted";

/** The kind of the exception when the device refuses a write. */
async function kindOfRefused(refusal: Refused): Promise<unknown> {
  const upload = { write: async () => refusal, commit: refuse, [Symbol.dispose]: () => undefined };
  const device = { ...watchable().device, write: () => upload };
  using files = serve(Files, serveFiles(device));
  using writing = await files.write("/a");
  using opened = await writing.upload.stream();
  const failure: unknown = await opened.stream.write(new Uint8Array(1)).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return failure instanceof Exception ? failure.kind : failure;
}

test("an upload that there is no room for is refused as one that may fit later", async () => {
  expect(await kindOfRefused("insufficient-space")).toBe("overloaded");
  expect(await kindOfRefused("not-permitted")).toBe("failed");
});
