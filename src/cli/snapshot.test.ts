/** Compares snapshots with plain imports: a snapshot has the CID of the same files when they are imported anew. */
import { encodeText } from "#base";
import { createBlockSource, importSnapshot, importTree, openLayer, uniteLayers } from "#image";
import type { ImportedEntry } from "#image";
import { Files, takeSnapshot } from "#vfs";
import type { DirectoryNode } from "#vfs";
import { MemoryBlockstore } from "blockstore-core";
import * as fc from "fast-check";
import { expect, test } from "vitest";

type ImportedFile = ImportedEntry & { readonly content?: Uint8Array };

function file(path: string, sizeBytes: number): ImportedFile {
  const content = Uint8Array.from({ length: sizeBytes }, (_, at) => (at * 7) % 251);
  return { type: "file", path, content };
}

const BASE: readonly ImportedFile[] = [
  file("a/a", 10),
  file("a/b/c", 300_000),
  { type: "link", path: "a/c", target: "b" },
  { type: "directory", path: "a/empty" },
  file("b", 0),
  file("tmp/of-image", 5),
];
const TOP: readonly ImportedFile[] = [file("a/b/d", 20), file("c", 70_000)];
const DATA: readonly ImportedFile[] = [file("a/a", 30), file("b", 40)];

interface Setting {
  readonly layers: readonly (readonly ImportedFile[])[];
  readonly writable: boolean;
  readonly mount: string | undefined;
}

const setting: fc.Arbitrary<Setting> = fc.record({
  layers: fc.constantFrom([BASE], [BASE, TOP]),
  // Otherwise most operations would be refused.
  writable: fc.constantFrom(true, true, true, false),
  mount: fc.constantFrom(undefined, "", "a/b", "data/deep", "tmp", "tmp/in"),
});

interface Step {
  readonly verb: "mkdir" | "rmdir" | "unlink" | "rename" | "link" | "symlink" | "write" | "resize";
  readonly path: string;
  readonly other: string;
  readonly offset: number;
}

const NAMES = ["a", "b", "c", "deep", "a\\"];
const PLACES = ["", "a/", "a/b/", "a/empty/", "data/", "data/deep/", "data/deep/a/", "tmp/"];
const path = fc
  .tuple(fc.constantFrom(...PLACES), fc.constantFrom(...NAMES))
  .map((parts) => parts.join(""));
const step: fc.Arbitrary<Step> = fc.record({
  verb: fc.constantFrom(
    ...([
      "mkdir",
      "rmdir",
      "unlink",
      "rename",
      "link",
      "symlink",
      "write",
      "write",
      "resize",
    ] as const),
  ),
  path,
  other: path,
  offset: fc.oneof(fc.nat(100), fc.nat(400_000)),
});

async function change(files: Files, { verb, path, other, offset }: Step): Promise<void> {
  const { root } = files;
  if (verb === "mkdir") files.createDirectory(root, path);
  else if (verb === "rmdir") files.removeDirectory(root, path);
  else if (verb === "unlink") files.removeFile(root, path);
  else if (verb === "rename") files.rename(root, path, root, other);
  else if (verb === "link") files.link(root, path, root, other);
  else if (verb === "symlink") files.createLink(root, path, other);
  else {
    const mode = { follow: true, create: true, exclusive: false, directory: false };
    const node = files.open(root, path, { ...mode, truncate: false, write: true, mutate: false });
    if (typeof node === "string" || node.type !== "file") return;
    if (verb === "resize") files.resize(node, offset);
    else if ((await node.content.prepare(offset, 4)) === undefined) {
      files.write(node, offset, encodeText("text"));
    }
  }
}

/** Everything that is visible below a directory, with contents. */
async function dump(files: Files, from: DirectoryNode, above = ""): Promise<ImportedFile[]> {
  const found: ImportedFile[] = [];
  for (const name of files.names(from)) {
    const node = files.find(from, name, false);
    if (typeof node === "string") throw new Error(`${name}: ${node}`);
    const at = `${above}${name}`;
    if (node.type === "link") found.push({ type: "link", path: at, target: node.target });
    else if (node.type === "file") {
      const content = await node.content.read(0, node.content.sizeBytes);
      found.push({ type: "file", path: at, content });
    } else {
      found.push({ type: "directory", path: at });
      found.push(...(await dump(files, node, `${at}/`)));
    }
  }
  return found;
}

/** The entries that a snapshot has: those of the image's `tmp`, but not those of the cell's own. */
async function dumpKept(files: Files, { mount, layers }: Setting): Promise<ImportedFile[]> {
  const seen = await dump(files, files.root);
  if (mount === "" || mount === "tmp") return seen;
  const isTmp = ({ path }: ImportedFile): boolean => path === "tmp" || path.startsWith("tmp/");
  const ofImage = layers.flatMap((entries) => entries.filter(isTmp));
  return [...seen.filter((entry) => !isTmp(entry)), ...ofImage];
}

/** Drops directories, which their entries imply; empty ones are compared by the CID. */
function nameAll(found: readonly ImportedFile[]): string[] {
  return found
    .filter(({ type }) => type !== "directory")
    .map(({ path, type }) => `${path}: ${type}`)
    .toSorted();
}

test(
  "takeSnapshot() and importSnapshot() give the CID of what the cell sees",
  { timeout: 60_000 },
  async () => {
    const property = fc.asyncProperty(
      setting,
      fc.array(step, { maxLength: 25 }),
      async (given, steps) => {
        const store = new MemoryBlockstore();
        const blocks = createBlockSource(store);
        const open = async (entries: readonly ImportedFile[]): ReturnType<typeof openLayer> =>
          openLayer(await importTree(entries, store), blocks);
        const tree = uniteLayers(await Promise.all(given.layers.map(open)));
        const data = await open(DATA);
        const { mount, writable } = given;
        const mounts = mount === undefined ? [] : [{ path: mount, tree: data }];
        const files = new Files({ tree, writable, mounts, nowNs: () => 0n });
        for (const one of steps) await change(files, one);

        const added = new MemoryBlockstore();
        const root = await importSnapshot(takeSnapshot(files), [tree, data], added);
        const expected = await dumpKept(files, given);
        const plain = await importTree(expected, new MemoryBlockstore());
        expect(root.toString()).toBe(plain.toString());

        // And back: the new blocks and the old ones together form an image with the same files.
        for await (const { cid, bytes } of added.getAll()) {
          for await (const part of bytes) await store.put(cid, part);
        }
        const again = await openLayer(root, blocks);
        const reopened = new Files({
          tree: again,
          mounts: [{ path: "", tree: again }],
          nowNs: () => 0n,
        });
        const shown = await dump(reopened, reopened.root);
        expect(nameAll(shown)).toEqual(nameAll(expected));
        expect((await importTree(shown, new MemoryBlockstore())).toString()).toBe(root.toString());
      },
    );
    await fc.assert(property, { numRuns: 100 });
  },
);

test("importSnapshot() of a cell that changed nothing gives the CID of its image", async () => {
  const store = new MemoryBlockstore();
  const root = await importTree(BASE, store);
  const tree = uniteLayers([await openLayer(root, createBlockSource(store))]);
  const files = new Files({ tree, mounts: [], nowNs: () => 0n });
  await dump(files, files.root);
  await change(files, { verb: "write", path: "tmp/scratch", other: "", offset: 0 });
  const added = new MemoryBlockstore();
  expect(await importSnapshot(takeSnapshot(files), [tree], added)).toEqual(root);
  expect(await Array.fromAsync(added.getAll())).toEqual([]);
});
