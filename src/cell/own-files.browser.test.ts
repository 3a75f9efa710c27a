/** Cells whose worker has a spill file of its own, and never calls its host for evicted pages. */
import { decodeText, readAll } from "#base";
import { beforeAll, describe, expect, test } from "vitest";
import { cdp } from "vitest/browser";
import { CELL_ADDRESS, MODES, NO_FILES, startBench } from "./bench.testing.ts";
import { lendFile } from "./own-files.ts";
import { OWN_FILE_OPEN } from "./own-spill.ts";
import { startCell } from "./start-cell.ts";
import type { Cell, CellSpec } from "./cell.ts";
import type { WorkerLike } from "./worker-like.ts";

let program: Uint8Array | undefined;
beforeAll(async () => {
  const bytes = new Uint8Array(await (await fetch("/.cache/c/files.wasm")).arrayBuffer());
  if (decodeText(bytes.subarray(0, 4)) === "\0asm") program = bytes;
});

async function openFolder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(`own-${crypto.randomUUID()}`, { create: true });
}

async function listNames(folder: FileSystemDirectoryHandle): Promise<string[]> {
  return Array.fromAsync(folder.keys());
}

/** Starts a waiting worker; resolves when it has opened its file. */
async function openWorker(folder: FileSystemDirectoryHandle): Promise<WorkerLike> {
  const worker = new Worker(CELL_ADDRESS, { type: "module" });
  const { promise: opened, resolve } = Promise.withResolvers<void>();
  worker.addEventListener("message", ({ data }) => {
    if (data === OWN_FILE_OPEN) resolve();
  });
  const lent = lendFile(worker, async () => folder);
  await opened;
  return lent;
}

/** Sets the origin's storage quota in bytes; without a number, restores the browser's own. */
async function setQuota(quotaSize?: number): Promise<void> {
  const session = cdp() as unknown as {
    send(method: string, params: { origin: string; quotaSize?: number }): Promise<void>;
  };
  const quota = quotaSize === undefined ? {} : { quotaSize };
  await session.send("Storage.overrideQuotaForOrigin", { origin: location.origin, ...quota });
}

const refuse = (): never => {
  throw new Error("The host was asked");
};

describe.each(MODES)("in a cell that waits by %s,", (mode) => {
  const bench = startBench(mode);

  const start = async (
    component: Uint8Array,
    worker: WorkerLike,
    spec: Partial<CellSpec>,
  ): Promise<Cell> => {
    const compiled = await bench.compile(component);
    const given = { name: "guest", component: compiled, args: [], env: [], tree: NO_FILES };
    return startCell(
      { ...given, ...spec },
      {
        mode,
        spawn: () => worker,
        createSpill: () => ({
          write: refuse,
          read: refuse,
          [Symbol.asyncDispose]: async () => undefined,
        }),
        monotonicMs: () => performance.now(),
      },
    );
  };

  test("a C program writes more than its memory holds, and its host keeps nothing of it", async (context) => {
    if (program === undefined) return context.skip("not built: node guests/hello-c/build.ts");
    const folder = await openFolder();
    const worker = await openWorker(folder);
    await using cell = await start(program, worker, { args: ["fill", "/tmp/big"] });
    expect(decodeText(await readAll(cell.stdout, 10_000))).toBe("as written\n");
    expect(await cell.exited).toEqual({ type: "exited", code: 0 });
    await expect.poll(() => listNames(folder)).toEqual([]);
  });

  test.each([
    { roomMiB: 40, told: /^as written\n$/ },
    { roomMiB: 4, told: /^No space left on device at piece \d+\n$/ },
  ])(
    "a C program that needs 16 MiB of the disk gets them, or is refused, where there are $roomMiB",
    async ({ roomMiB, told }) => {
      if (program === undefined) return;
      const folder = await openFolder();
      const worker = await openWorker(folder);
      const { usage = 0 } = await navigator.storage.estimate();
      await setQuota(usage + roomMiB * 1024 * 1024);
      try {
        await using cell = await start(program, worker, { args: ["fill", "/tmp/big"] });
        expect(decodeText(await readAll(cell.stdout, 10_000))).toMatch(told);
        expect(await cell.exited).toEqual({ type: "exited", code: 0 });
      } finally {
        await setQuota();
      }
    },
  );

  test("the file is gone when its cell was killed", async (context) => {
    if (program === undefined) return context.skip("not built: node guests/hello-c/build.ts");
    const folder = await openFolder();
    const worker = await openWorker(folder);
    const cell = await start(program, worker, { args: ["fill", "/tmp/big", "fill", "/tmp/big"] });
    await cell.stdout.ready();
    await cell[Symbol.asyncDispose]();
    await expect.poll(() => listNames(folder)).toEqual([]);
  });
});

test("lendFile() gives each worker a folder of its own, which no handle of the file leads out of", async () => {
  const folder = await openFolder();
  using workers = new DisposableStack();
  const files: FileSystemFileHandle[] = [];
  for (const at of [0, 1]) {
    const worker = new Worker(CELL_ADDRESS, { type: "module" });
    const post = worker.postMessage.bind(worker);
    const lent = Promise.withResolvers<FileSystemFileHandle>();
    worker.postMessage = (message: { readonly file: FileSystemFileHandle }) => {
      lent.resolve(message.file);
      // The second file is not opened, so that it can be moved.
      if (at === 0) post(message);
    };
    const equipped = lendFile(worker, async () => folder);
    workers.defer(() => equipped.terminate());
    files.push(await lent.promise);
  }
  const [mine, theirs] = files as [Movable, Movable];
  expect((await listNames(folder)).length).toBe(2);
  expect(await mine.isSameEntry(theirs)).toBe(false);
  for (const name of ["../pages", "..", "a/b", ""]) {
    await expect(theirs.move(name)).rejects.toThrow();
  }
  await theirs.move("other");
  const names = await Promise.all(
    (await listNames(folder)).map(async (name) => listNames(await folder.getDirectoryHandle(name))),
  );
  expect(names.flat().toSorted()).toEqual(["other", "pages"]);
});

interface Movable extends FileSystemFileHandle {
  move(name: string): Promise<void>;
}
