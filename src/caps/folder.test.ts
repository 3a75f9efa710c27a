import { expect, test } from "vitest";
import { serve } from "#capnp";
import { Folder } from "#schema";
import { serveFolder } from "./folder.ts";
import type { FolderDevice } from "./folder.ts";

/** A device that records the paths it gets. */
function createDevice(): { readonly device: FolderDevice; readonly seen: string[] } {
  const seen: string[] = [];
  const note = async (names: readonly string[]): Promise<void> => void seen.push(names.join("|"));
  const device: FolderDevice = {
    async list(names) {
      await note(names);
      return [
        { type: "file", name: "b", sizeBytes: 2 },
        { type: "folder", name: "a", modifiedMs: 5 },
      ];
    },
    async stat(names) {
      await note(names);
      return { type: "file", name: names.at(-1) ?? "", sizeBytes: 1 };
    },
    async read(names, offset, lengthBytes) {
      await note(names);
      return new Uint8Array(lengthBytes).fill(offset);
    },
    write: note,
    truncate: note,
    makeFolder: note,
    remove: note,
  };
  return { device, seen };
}

test("serveFolder() lists in the order of names, and reads pieces of moderate size", async () => {
  const { device } = createDevice();
  using folder = serve(Folder, serveFolder(device));
  expect((await folder.list("x/y")).entries).toEqual([
    { name: "a", modifiedMs: 5, which: "folder", folder: undefined },
    { name: "b", modifiedMs: -1, which: "file", file: 2 },
  ]);
  expect((await folder.read("x", 3, 0xffff_ffff)).data.length).toBe(1024 * 1024);
});

test.each([
  "..",
  "a/../b",
  "/a",
  "a/",
  "a//b",
  "./a",
  "a\\b",
  "a\0b",
  "a\nb",
  "x/".repeat(70) + "x",
])("serveFolder() lets no path pass that could lead elsewhere: %j", async (path) => {
  const { device, seen } = createDevice();
  using folder = serve(Folder, serveFolder(device));
  const calls = [
    folder.list(path),
    folder.stat(path),
    folder.read(path, 0, 1),
    folder.write(path, 0, new Uint8Array(1)),
    folder.truncate(path, 0),
    folder.makeFolder(path),
    folder.remove(path),
  ];
  for (const call of calls) await expect(call).rejects.toMatchObject({ kind: "failed" });
  expect(seen).toEqual([]);
});

test("serveFolder() refuses what is no number of bytes, and to remove itself", async () => {
  const { device, seen } = createDevice();
  using folder = serve(Folder, serveFolder(device));
  for (const offset of [-1, 0.5, Number.NaN, Infinity]) {
    await expect(folder.read("a", offset, 1)).rejects.toThrow("not a number of bytes");
    await expect(folder.write("a", offset, new Uint8Array(1))).rejects.toThrow("not a number");
    await expect(folder.truncate("a", offset)).rejects.toThrow("not a number");
  }
  await expect(folder.remove("")).rejects.toThrow("cannot be removed");
  expect(seen).toEqual([]);
});
