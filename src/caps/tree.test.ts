import { serve } from "#capnp";
import { Tree } from "#schema";
import { expect, test } from "vitest";
import { equalBytes } from "#base";
import { openTree, serveTree } from "./tree.ts";

test.each(["bafy", undefined])(
  "openTree() tells which contents a tree has, if anybody does: %s",
  async (id) => {
    const entries = new Map([["", { type: "directory" } as const]]);
    using tree = serve(Tree, serveTree({ entries, id, read: () => new Uint8Array(0) }));
    const opened = await openTree(tree);
    expect(opened.id).toBe(id);
    expect(opened.entries).toEqual(entries);
  },
);

const MB = 1024 * 1024;

test("openTree() reads the pieces of a large file ahead of each other, and stops where it ends", async () => {
  const file = new Uint8Array(21 * MB);
  for (let at = 0; at < 21; at++) file.fill(at, at * MB);
  const second = Promise.withResolvers<void>();
  const entries = new Map([["a", { type: "file", sizeBytes: file.length } as const]]);
  using tree = serve(
    Tree,
    serveTree({
      entries,
      id: undefined,
      async read(_path, offset, lengthBytes) {
        // The first is not answered before another one has come.
        if (offset > 0) second.resolve();
        else await second.promise;
        return file.slice(offset, offset + lengthBytes);
      },
    }),
  );
  const opened = await openTree(tree);
  const read = (offset: number, length: number): Promise<Uint8Array> =>
    opened.read("a", offset, length);
  expect(equalBytes(await read(0, file.length), file)).toBe(true);
  expect(equalBytes(await read(5, file.length), file.subarray(5))).toBe(true);
  expect(equalBytes(await read(20 * MB, 100 * MB), file.subarray(20 * MB))).toBe(true);
  expect(await read(30 * MB, MB)).toHaveLength(0);
});
