import { serve } from "#capnp";
import { Tree } from "#schema";
import { expect, test } from "vitest";
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
