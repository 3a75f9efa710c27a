/** A C program and the files of its cell: through libc, the preview-1 adapter, WASI and a port. */
import { decodeText, encodeText, readAll } from "#base";
import type { FileTree, Mount, TreeEntry } from "#base";
import { beforeAll, describe, expect, test } from "vitest";
import { MODES, startBench } from "./bench.testing.ts";
import type { CellSpill } from "./start-cell.ts";

const TEXT = "All that is gold does not glitter. ".repeat(20_000);
/** Longer than a name may be in Linux, but valid in UnixFS. */
const LONG = "x".repeat(300);
const ENTRIES: Record<string, TreeEntry> = {
  bin: { type: "directory" },
  "bin/text": { type: "file", sizeBytes: TEXT.length },
  "bin/lost": { type: "file", sizeBytes: 100_000 },
  etc: { type: "directory" },
  "etc/deep": { type: "directory" },
  "etc/deep/one": { type: "file", sizeBytes: 3 },
  [`etc/deep/${LONG}`]: { type: "file", sizeBytes: 7 },
  text: { type: "link", target: "bin/text" },
};

const tree: FileTree = {
  entries: new Map(Object.entries(ENTRIES)),
  read(path, offset, lengthBytes) {
    if (path !== "bin/text") return Promise.reject(new Error("No peer has the block"));
    return Promise.resolve(encodeText(TEXT).subarray(offset, offset + lengthBytes));
  },
};

const mounts: Mount[] = [
  {
    path: "mnt/deep",
    tree: {
      entries: new Map([["one", { type: "file", sizeBytes: 3 }]]),
      read: (_path, offset, lengthBytes) =>
        Promise.resolve(encodeText("one").slice(offset, offset + lengthBytes)),
    },
  },
];

let component: Uint8Array | undefined;
beforeAll(async () => {
  const bytes = new Uint8Array(await (await fetch("/.cache/c/files.wasm")).arrayBuffer());
  if (decodeText(bytes.subarray(0, 4)) === "\0asm") component = bytes;
});

let total = 0;
for (let at = 0; at < TEXT.length; at++) total = (total * 31 + TEXT.charCodeAt(at)) % 2 ** 32;

describe.each(MODES)("in a cell that waits by %s,", (mode) => {
  const bench = startBench(mode);

  test.for([
    ["list", "/", "bin/ etc/ mnt/ text tmp/ \n"],
    ["list", "/etc", "deep/ \n"],
    ["list", "/nowhere", "No such file or directory\n"],
    ["sum", "/bin/text", `${TEXT.length} bytes, ${total}\n`],
    ["sum", "/text", `${TEXT.length} bytes, ${total}\n`],
    ["sum", "/bin/lost", "I/O error after 0 bytes\n"],
    ["tail", "/bin/text", "ter. \n"],
    ["size", "/bin/text", `${TEXT.length} file\n`],
    ["size", "/etc/deep", "0 directory\n"],
    ["list", "/etc/deep", `one ${LONG} \n`],
    ["size", `/etc/deep/${LONG}`, "7 file\n"],
    ["create", "/etc/new", "Read-only file system\n"],
    ["create", "/bin/text", "Read-only file system\n"],
    ["mkdir", "/new", "Read-only file system\n"],
    ["unlink", "/bin/text", "Read-only file system\n"],
    ["put", "/tmp/new", "+line\n"],
    ["reread", "/tmp/new", "as written\n"],
    // The clock's resolution in a page with shared memory.
    ["clock", "/", "0 s 5000 ns\n"],
    ["reread", "/mnt/deep/new", "as written\n"],
    ["put", "/mnt/deep/one", "one+line\n"],
    ["move", "/mnt/deep/one", "moved\n"],
    ["mkdir", "/mnt/deep/new", "done\n"],
    ["unlink", "/mnt/deep/one", "done\n"],
    ["create", "/mnt/deep/two", "done\n"],
  ])(
    "a C program asked to %s %s prints what is so",
    async ([verb = "", path = "", printed], context) => {
      if (component === undefined) return context.skip("not built: node guests/hello-c/build.ts");
      await using cell = await bench.start(component, { args: [verb, path], tree, mounts });
      cell.stdin.close();
      expect(decodeText(await readAll(cell.stdout, 10_000))).toBe(printed);
      expect(await cell.exited).toEqual({ type: "exited", code: 0 });
    },
  );

  test("a C program writes more than its memory holds, and nothing is left of it", async (context) => {
    if (component === undefined) return context.skip("not built: node guests/hello-c/build.ts");
    const slots = new Map<number, Uint8Array>();
    const { promise: disposed, resolve } = Promise.withResolvers<void>();
    const createSpill = (): CellSpill => ({
      write: (slot, bytes) => void slots.set(slot, bytes.slice()),
      read: (slot, lengthBytes) => (slots.get(slot) ?? new Uint8Array(0)).slice(0, lengthBytes),
      async [Symbol.asyncDispose]() {
        resolve();
      },
    });
    const args = ["fill", "/tmp/big"];
    await using cell = await bench.start(component, { args, tree }, { createSpill });
    expect(decodeText(await readAll(cell.stdout, 10_000))).toBe("as written\n");
    expect(await cell.exited).toEqual({ type: "exited", code: 0 });
    expect(slots.size * 65_536).toBeGreaterThanOrEqual(16 * 1024 * 1024);
    await disposed;
  });

  test("a C program at a terminal writes both outputs there, in its order and line by line", async (context) => {
    if (component === undefined) return context.skip("not built: node guests/hello-c/build.ts");
    // More output than the pipe holds.
    const args = ["talk", "5000"];
    await using cell = await bench.start(component, { args, tree, terminal: true });
    const printed = decodeText(await readAll(cell.stdout, 1_000_000));
    const lines = Array.from({ length: 5000 }, (_, at) => `out ${at} of 5000\nerr ${at} of 5000\n`);
    expect(printed).toBe(lines.join(""));
    expect(await readAll(cell.stderr, 10)).toHaveLength(0);
  });

  test("a C program that is given no directory finds none", async (context) => {
    if (component === undefined) return context.skip("not built: node guests/hello-c/build.ts");
    const args = ["list", "/", "create", "/tmp/new", "size", "/bin/text"];
    await using cell = await bench.start(component, { args, tree, bare: true });
    const printed = decodeText(await readAll(cell.stdout, 10_000))
      .trim()
      .split("\n");
    expect(new Set(printed).size).toBe(1);
    expect(printed).toHaveLength(3);
    expect(printed[0]).toMatch(/^(No such file or directory|Capabilities insufficient)$/);
  });
});
