/** C programs that share files: through libc, the preview-1 adapter, WASI, and the host that keeps the files. */
import { decodeText, EMPTY_TREE, encodeText, readAll } from "#base";
import type { FileRefusal, FileTree, TreeEntry } from "#base";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { MODES, startBench } from "./bench.testing.ts";
import { openSharedTree } from "./shared-tree.ts";
import type { SharedTree } from "./shared-tree.ts";

const TEXT = "All that is gold does not glitter. ".repeat(20_000);
const ENTRIES: Record<string, TreeEntry> = {
  bin: { type: "directory" },
  "bin/text": { type: "file", sizeBytes: TEXT.length },
  "bin/lost": { type: "file", sizeBytes: 100_000 },
  etc: { type: "directory" },
  text: { type: "link", target: "bin/text" },
};

const tree: FileTree = {
  entries: new Map(Object.entries(ENTRIES)),
  read(path, offset, lengthBytes) {
    if (path !== "bin/text") return Promise.reject(new Error("No peer has the block"));
    return Promise.resolve(encodeText(TEXT).slice(offset, offset + lengthBytes));
  },
};

let total = 0;
for (let at = 0; at < TEXT.length; at++) total = (total * 31 + TEXT.charCodeAt(at)) % 2 ** 32;

let component: Uint8Array | undefined;
beforeAll(async () => {
  const bytes = new Uint8Array(await (await fetch("/.cache/c/files.wasm")).arrayBuffer());
  if (decodeText(bytes.subarray(0, 4)) === "\0asm") component = bytes;
});

function share(): SharedTree {
  const shared = openSharedTree({
    tree,
    createSpill: undefined,
    nowNs: () => 5_000_000_007n,
    memoryBytes: 256 * 1024 * 1024,
  });
  onTestFinished(() => shared[Symbol.asyncDispose]());
  return shared;
}

function require<T>(outcome: T | FileRefusal): T {
  if (typeof outcome === "string") throw new Error(outcome);
  return outcome;
}

describe.each(MODES)("in cells that wait by %s,", (mode) => {
  const bench = startBench(mode);
  const run = async (
    sharedFiles: SharedTree,
    program: Uint8Array,
    ...args: string[]
  ): Promise<string> => {
    await using cell = await bench.start(program, { args, tree: EMPTY_TREE, sharedFiles });
    cell.stdin.close();
    const printed = decodeText(await readAll(cell.stdout, 100_000));
    expect(await cell.exited).toEqual({ type: "exited", code: 0 });
    return printed;
  };

  test.for([
    ["list", "/", "bin/ etc/ text tmp/ \n"],
    ["list", "/nowhere", "No such file or directory\n"],
    ["sum", "/bin/text", `${TEXT.length} bytes, ${total}\n`],
    ["sum", "/text", `${TEXT.length} bytes, ${total}\n`],
    ["sum", "/bin/lost", "I/O error after 0 bytes\n"],
    ["tail", "/bin/text", "ter. \n"],
    ["size", "/bin/text", `${TEXT.length} file\n`],
    ["size", "/etc", "0 directory\n"],
    ["create", "/etc/new", "done\n"],
    ["create", "/bin/text", "done\n"],
    ["mkdir", "/new", "done\n"],
    ["unlink", "/bin/text", "done\n"],
    ["put", "/tmp/new", "+line\n"],
    ["reread", "/tmp/new", "as written\n"],
    ["move", "/bin/text", "moved\n"],
  ])("a program asked to %s %s prints what is so", async ([verb = "", path = "", printed], on) => {
    if (component === undefined) return on.skip("not built: node guests/hello-c/build.ts");
    expect(await run(share(), component, verb, path)).toBe(printed);
  });

  test("what one program has written, the next one finds, and so does the owner", async (on) => {
    if (component === undefined) return on.skip("not built: node guests/hello-c/build.ts");
    const shared = share();
    await run(shared, component, "put", "/etc/notes");
    expect(await run(shared, component, "list", "/etc")).toBe("notes \n");
    await run(shared, component, "put", "/etc/notes");
    using file = require(shared.service.read("/etc/notes"));
    expect(decodeText(await file.read(0, 1000))).toBe("+line+line");
    using upload = require(shared.service.write("a/b/c"));
    await upload.write(encodeText("from the owner"));
    expect(await run(shared, component, "list", "/")).toBe("bin/ etc/ text tmp/ \n");
    upload.commit();
    expect(await run(shared, component, "size", "/a/b/c")).toBe("14 file\n");
  });

  test("more is written than memory holds, and it can be read", async (on) => {
    if (component === undefined) return on.skip("not built: node guests/hello-c/build.ts");
    expect(await run(share(), component, "fill", "/tmp/big")).toBe("as written\n");
  });
});
