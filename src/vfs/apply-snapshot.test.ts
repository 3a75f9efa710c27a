import { decodeText, encodeText } from "#base";
import type { FileTree, TreeEntry } from "#base";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { applySnapshot } from "./apply-snapshot.ts";
import { createFileService } from "./file-service.ts";
import type { FileService } from "./file-service.ts";
import { Files } from "./files.ts";
import { takeSnapshot } from "./snapshot.ts";

const ENTRIES: Record<string, TreeEntry> = {
  a: { type: "directory" },
  "a/one": { type: "file", sizeBytes: 3 },
  "a/b": { type: "directory" },
  "a/b/two": { type: "file", sizeBytes: 3 },
  "a/b/link": { type: "link", target: "two" },
  c: { type: "directory" },
  "c/three": { type: "file", sizeBytes: 3 },
  four: { type: "file", sizeBytes: 3 },
};
const tree: FileTree = {
  entries: new Map(Object.entries(ENTRIES)),
  read: (path, offset, length) =>
    Promise.resolve(encodeText(`${path.slice(-3)}   `.slice(0, 3)).slice(offset, offset + length)),
};

function open(limits: { readonly bytes?: number } = {}): Files {
  return new Files({ tree, mounts: [], nowNs: () => 7n, writable: true, hasTmp: false, limits });
}

/** All entries, with their contents. */
async function list(service: FileService): Promise<readonly string[]> {
  const items = service.list("", 100);
  if (typeof items === "string") throw new Error(items);
  const lines: string[] = [];
  for (const { path, type, target, sizeBytes } of items) {
    const file = type === "file" ? service.read(path) : undefined;
    if (typeof file === "string") throw new Error(file);
    const text = file === undefined ? target : decodeText(await file.read(0, 100));
    lines.push(`${type} ${path} ${sizeBytes} ${text}`);
  }
  return lines;
}

const NAMES = ["a", "b", "c", "one", "two", "four", "new"];
const PATH = fc
  .array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 })
  .map((names) => names.join("/"));
const CHANGE = fc.oneof(
  fc.record({ type: fc.constant("write" as const), path: PATH, text: fc.string({ maxLength: 9 }) }),
  fc.record({ type: fc.constant("make" as const), path: PATH }),
  fc.record({ type: fc.constant("remove" as const), path: PATH }),
  fc.record({
    type: fc.constant("link" as const),
    path: PATH,
    text: fc.constantFrom("four", "a/one"),
  }),
  fc.record({ type: fc.constant("move" as const), path: PATH, to: PATH }),
);

test("whatever has become of a tree, the other becomes the same", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(CHANGE, { maxLength: 12 }), async (changes) => {
      const files = open();
      const service = createFileService(files);
      for (const change of changes) {
        if (change.type === "write") {
          const upload = service.write(change.path);
          if (typeof upload === "string") continue;
          await upload.write(encodeText(change.text));
          upload.commit();
        } else if (change.type === "make") service.makeDirectory(change.path);
        else if (change.type === "remove") service.remove(change.path);
        else if (change.type === "move") service.move(change.path, change.to);
        else files.createLink(files.root, change.path, change.text);
      }
      const other = open();
      expect(await applySnapshot(takeSnapshot(files), tree, other, {})).toBeUndefined();
      expect(await list(createFileService(other))).toEqual(await list(service));
    }),
    { numRuns: 300 },
  );
});

test("a directory that takes the place of another has nothing of it", async () => {
  const files = open();
  const service = createFileService(files);
  expect(service.move("c", "a/a")).toBeUndefined();
  expect(service.move("a/b", "c")).toBeUndefined();
  const other = open();
  expect(await applySnapshot(takeSnapshot(files), tree, other, {})).toBeUndefined();
  expect(await list(createFileService(other))).toEqual(await list(service));
});

test("what finds no room is refused", async () => {
  const files = open();
  const service = createFileService(files);
  using upload = service.write("new") as Exclude<ReturnType<FileService["write"]>, string>;
  await upload.write(new Uint8Array(1000));
  upload.commit();
  const outcome = await applySnapshot(takeSnapshot(files), tree, open({ bytes: 100 }), {});
  expect(outcome).toBe("insufficient-space");
});

test("what has not changed is not touched", async () => {
  const other = open();
  await applySnapshot(takeSnapshot(open()), tree, other, {});
  expect(other.journal.count).toBe(0);
});
