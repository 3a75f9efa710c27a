import { expect, test } from "vitest";
import { decodeText, encodeText } from "#base";
import { serve } from "#capnp";
import { serveFolder } from "#caps";
import { Folder } from "#schema";
import { openCopiedFile, openCopiedFolder } from "./copied-folder.ts";

function file(path: string, text: string): File {
  const made = new File([text], path.slice(path.lastIndexOf("/") + 1), { lastModified: 5 });
  return Object.defineProperty(made, "webkitRelativePath", {
    value: path.includes("/") ? path : "",
  });
}

test("openCopiedFolder() lists and reads the files as they stand in their folders", async () => {
  const { name, device } = openCopiedFolder([
    file("notes/b.txt", "hello"),
    file("notes/sub/deep/a.txt", "deep"),
    file("notes/sub/__proto__", "plain"),
  ]);
  expect(name).toBe("notes");
  using folder = serve(Folder, serveFolder(device));
  const list = async (path: string): Promise<readonly string[]> =>
    (await folder.list(path)).entries.map((entry) => `${entry.name} ${entry.which}`);
  expect(await list("")).toEqual(["b.txt file", "sub folder"]);
  expect(await list("sub")).toEqual(["__proto__ file", "deep folder"]);
  expect((await folder.stat("sub/deep/a.txt")).entry).toEqual({
    name: "a.txt",
    modifiedMs: 5,
    which: "file",
    file: 4,
  });
  expect((await folder.stat("")).entry).toMatchObject({ name: "notes", which: "folder" });
  expect(decodeText((await folder.read("b.txt", 1, 3)).data)).toBe("ell");
  expect(decodeText((await folder.read("b.txt", 9, 3)).data)).toBe("");
  await expect(folder.read("sub", 0, 1)).rejects.toThrow("a folder has no bytes");
  await expect(folder.list("b.txt")).rejects.toThrow("it is a file");
  await expect(folder.stat("b.txt/x")).rejects.toThrow("it does not exist");
});

test("openCopiedFolder() and openCopiedFile() refuse every change", async () => {
  for (const device of [
    openCopiedFolder([file("notes/a", "x")]).device,
    openCopiedFile(file("a", "x")),
  ]) {
    using folder = serve(Folder, serveFolder(device));
    expect(decodeText((await folder.read("a", 0, 9)).data)).toBe("x");
    for (const change of [
      folder.write("a", 0, encodeText("y")),
      folder.truncate("a", 0),
      folder.makeFolder("b"),
      folder.remove("a"),
    ]) {
      await expect(change).rejects.toThrow("a copy, which cannot be changed");
    }
  }
});
