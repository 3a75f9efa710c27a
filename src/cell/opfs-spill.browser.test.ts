import { decodeText, encodeText } from "#base";
import { wrap } from "comlink";
import type { Remote } from "comlink";
import { afterAll, expect, test } from "vitest";
import { cdp } from "vitest/browser";
import type { SpillTab } from "./opfs-spill.worker.testing.ts";

const workers: Worker[] = [];
afterAll(() => {
  for (const worker of workers) worker.terminate();
});

interface OpenTab {
  readonly tab: Remote<SpillTab>;
  /** Ends the worker as a crash of the tab does. */
  crash(): void;
}

async function openTab(folder: string): Promise<OpenTab> {
  const url = new URL("opfs-spill.worker.testing.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  workers.push(worker);
  const tab = wrap<SpillTab>(worker);
  await tab.open(folder);
  return { tab, crash: () => worker.terminate() };
}

async function listFiles(folder: string): Promise<string[]> {
  const root = await navigator.storage.getDirectory();
  const spills = await (await root.getDirectoryHandle(folder)).getDirectoryHandle("spill");
  return (await Array.fromAsync(spills.keys())).sort();
}

test("createSpill() keeps slots in a file that is made by the first write, and removed at the end", async () => {
  const { tab } = await openTab("one");
  const spill = await tab.create();
  expect(await listFiles("one")).toEqual([]);
  await expect(tab.read(spill, 0, 1)).rejects.toThrow("is shorter");
  expect(await tab.write(spill, 2, encodeText("second"))).toBe(false);
  expect(await tab.write(spill, 0, encodeText("first"))).toBe(true);
  expect(await listFiles("one")).toEqual(["0"]);
  expect(decodeText(await tab.read(spill, 2, 6))).toBe("second");
  expect(decodeText(await tab.read(spill, 0, 3))).toBe("fir");
  await tab.write(spill, 2, encodeText("again"));
  expect(decodeText(await tab.read(spill, 2, 5))).toBe("again");
  await tab.dispose(spill);
  expect(await listFiles("one")).toEqual([]);
  await tab.dispose(spill);
  await expect(tab.write(spill, 0, encodeText("late"))).rejects.toThrow("is gone");
});

test("createSpill() believes no slot that there cannot be", async () => {
  const { tab } = await openTab("slots");
  const spill = await tab.create();
  for (const slot of [-1, 0.5, 2 ** 40, Number.NaN]) {
    await expect(tab.write(spill, slot, encodeText("x"))).rejects.toThrow("has no slot");
  }
  await expect(tab.write(spill, 0, new Uint8Array(65_537))).rejects.toThrow("does not hold");
  await expect(tab.read(spill, 0, 65_537)).rejects.toThrow("does not hold");
});

test("openOpfsSpills() removes what a tab that broke down has left, and nothing that is in use", async () => {
  const first = await openTab("shared");
  const spill = await first.tab.create();
  await first.tab.write(spill, 0, encodeText("mine"));
  const second = await openTab("shared");
  const other = await second.tab.create();
  await second.tab.write(other, 0, encodeText("other"));
  expect(await listFiles("shared")).toEqual(["0", "1"]);
  expect(decodeText(await first.tab.read(spill, 0, 4))).toBe("mine");
  first.crash();
  // The browser unlocks the file some time after the worker has ended.
  await expect
    .poll(async () => {
      await openTab("shared");
      return listFiles("shared");
    })
    .toEqual(["1"]);
  expect(decodeText(await second.tab.read(other, 0, 5))).toBe("other");
});

test("createSpill() empties a file that was left since", async () => {
  const left = await openTab("left");
  const { tab } = await openTab("left");
  await left.tab.write(await left.tab.create(), 0, encodeText("old"));
  left.crash();
  let found = "";
  await expect
    .poll(async () => {
      const spill = await tab.create();
      await tab.write(spill, 1, encodeText("new"));
      found = decodeText(await tab.read(spill, 0, 3));
      const files = await listFiles("left");
      await tab.dispose(spill);
      return files;
    })
    .toEqual(["0"]);
  expect(found).toBe("\0\0\0");
});

test("Files over a spill keeps far more than memory, without waiting", async () => {
  const { tab } = await openTab("files");
  const spill = await tab.create();
  expect(await tab.writeFile(spill, 40)).toEqual({ written: 40, right: 40 });
  await tab.dispose(spill);
});

test("Files over a spill loses nothing where the browser has no room for more", async () => {
  const session = cdp() as unknown as {
    send(method: string, params: { readonly origin: string; readonly quotaSize?: number }): unknown;
  };
  const { origin } = location;
  const method = "Storage.overrideQuotaForOrigin";
  const { usage = 0 } = await navigator.storage.estimate();
  const { tab } = await openTab("full");
  const spill = await tab.create();
  await session.send(method, { origin, quotaSize: usage + 20_000_000 });
  try {
    for (const { written, right, refusal } of await tab.writeTwice(spill, 60)) {
      expect(refusal).toBe("insufficient-space");
      expect(written).toBeGreaterThan(4);
      expect(right).toBe(written);
    }
  } finally {
    await session.send(method, { origin });
    await tab.dispose(spill);
  }
});
