import { encodeText, equalBytes } from "#base";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createFileSource } from "./file-source.ts";
import { BIG, openFiles, TREE_KINDS } from "./files.testing.ts";

const PAGE = 65_536;

const change = fc.record({
  type: fc.constantFrom("read", "read", "read", "write", "resize"),
  offset: fc.oneof(
    fc.nat(BIG.length + 100),
    fc.nat(4).map((page) => page * PAGE),
  ),
  length: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2 * PAGE })),
  seed: fc.nat(255),
});

test.each(TREE_KINDS)(
  "createFileSource() reads what the file has when it is read, over a tree that answers %s",
  async (kind) => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("data/big", "tmp/new"),
        fc.array(change, { minLength: 10, maxLength: 40 }),
        async (path, changes) => {
          const opened = openFiles({ kind });
          const { files } = opened;
          const file = path === "tmp/new" ? opened.create(path) : opened.file(path);
          let model = path === "tmp/new" ? new Uint8Array(0) : encodeText(BIG);
          const source = createFileSource(file, 0);
          let position = 0;
          for (const { type, offset, length, seed } of changes) {
            if (type === "read") {
              await source.ready();
              const bytes = source.take(length);
              const expected = model.subarray(position, position + bytes.length);
              expect(equalBytes(bytes, expected), `${length} at ${position}`).toBe(true);
              if (position < model.length) expect(bytes.length).toBeGreaterThan(0);
              position += bytes.length;
              expect(source.ended).toBe(position >= model.length);
              continue;
            }
            const size = type === "resize" ? offset : Math.max(model.length, offset + length);
            const next = new Uint8Array(size);
            next.set(model.subarray(0, size));
            if (type === "resize") {
              files.resize(file, offset);
            } else {
              const bytes = new Uint8Array(length).fill(seed);
              expect(await file.content.prepare(offset, length)).toBe(undefined);
              expect(files.write(file, offset, bytes)).toBe(length);
              next.set(bytes, offset);
            }
            model = next;
          }
        },
      ),
      { numRuns: 60 },
    );
  },
);
