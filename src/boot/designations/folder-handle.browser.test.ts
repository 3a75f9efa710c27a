/** Folders and files of the origin's private file system, whose handles stand for those of the visitor's folders. */
import { expect, test } from "vitest";
import { decodeText, encodeText } from "#base";
import { serve } from "#capnp";
import { serveFolder } from "#caps";
import type { FolderDevice } from "#caps";
import { Folder } from "#schema";
import { openFile } from "./file-handle.ts";
import { openFolder } from "./folder-handle.ts";

interface OpenedFolder extends AsyncDisposable {
  readonly handle: FileSystemDirectoryHandle;
  readonly folder: Folder;
}

async function makeFolder(): Promise<OpenedFolder> {
  const root = await navigator.storage.getDirectory();
  const name = `folder-${crypto.randomUUID()}`;
  const handle = await root.getDirectoryHandle(name, { create: true });
  return {
    handle,
    folder: toClient(openFolder(handle)),
    [Symbol.asyncDispose]: () => root.removeEntry(name, { recursive: true }),
  };
}

function toClient(device: FolderDevice): Folder {
  return serve(Folder, serveFolder(device));
}

async function readText(folder: Folder, path: string, offset = 0): Promise<string> {
  return decodeText((await folder.read(path, offset, 1000)).data);
}

test("openFolder() makes, fills, lists, reads and removes what stands in the folder", async () => {
  await using made = await makeFolder();
  const { folder } = made;
  await folder.makeFolder("sub");
  await folder.write("sub/note", 0, encodeText("hello"));
  await folder.write("sub/note", 7, encodeText("you"));
  expect(await readText(folder, "sub/note")).toBe("hello\0\0you");
  expect(await readText(folder, "sub/note", 7)).toBe("you");
  await folder.truncate("sub/note", 5);
  const { entry } = await folder.stat("sub/note");
  expect(entry).toMatchObject({ name: "note", which: "file", file: 5 });
  expect(entry.modifiedMs).toBeGreaterThan(1e12);
  expect((await folder.stat("sub")).entry).toMatchObject({ name: "sub", which: "folder" });
  expect((await folder.list("")).entries.map(({ name, which }) => `${name} ${which}`)).toEqual([
    "sub folder",
  ]);
  await expect(folder.remove("sub")).rejects.toThrow('Cannot use "sub": the folder is not empty');
  await folder.remove("sub/note");
  await folder.remove("sub");
  expect((await folder.list("")).entries).toEqual([]);
});

test("openFolder() loses none of many writes at once", async () => {
  await using made = await makeFolder();
  const letters = "abcdefghij".split("");
  await Promise.all(letters.map((letter, at) => made.folder.write("f", at, encodeText(letter))));
  expect(await readText(made.folder, "f")).toBe("abcdefghij");
});

test("openFolder() refuses in a sentence what the folder does not allow", async () => {
  await using made = await makeFolder();
  const { folder } = made;
  await folder.write("file", 0, encodeText("x"));
  await folder.makeFolder("sub");
  await expect(readText(folder, "none")).rejects.toThrow('Cannot use "none": it does not exist');
  await expect(readText(folder, "sub")).rejects.toThrow("it is a file instead of a folder");
  await expect(folder.list("file")).rejects.toThrow("it is a file instead of a folder");
  await expect(folder.truncate("none", 0)).rejects.toThrow("it does not exist");
  await expect(folder.write("none/x", 0, encodeText("x"))).rejects.toThrow("it does not exist");
  await expect(folder.write("", 0, encodeText("x"))).rejects.toThrow("the folder itself");
  await expect(folder.makeFolder("")).rejects.toThrow("the folder itself");
  // Failed changes do not block later ones.
  await folder.write("file", 0, encodeText("y"));
  expect(await readText(folder, "file")).toBe("y");
});

test("openFile() gives a file as the only entry of a folder", async () => {
  await using made = await makeFolder();
  await made.folder.write("other", 0, encodeText("secret"));
  const handle = await made.handle.getFileHandle("note", { create: true });
  using folder = toClient(openFile(handle));
  await folder.write("note", 0, encodeText("hello"));
  await folder.truncate("note", 4);
  expect(await readText(folder, "note")).toBe("hell");
  expect((await folder.list("")).entries.map(({ name }) => name)).toEqual(["note"]);
  expect((await folder.stat("")).entry.which).toBe("folder");
  expect((await folder.stat("note")).entry).toMatchObject({ name: "note", file: 4 });
  for (const path of ["other", "note/x", "../other"]) {
    await expect(readText(folder, path)).rejects.toThrow("Cannot use");
  }
  await expect(folder.write("new", 0, encodeText("x"))).rejects.toThrow("it does not exist");
  await expect(folder.remove("note")).rejects.toThrow("to this one file only");
  await expect(folder.makeFolder("sub")).rejects.toThrow("to this one file only");
});
