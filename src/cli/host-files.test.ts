/** Compares a cell's files with the host's file system: the same changes must give the same refusals and the same result. */
import { constants, promises as fs } from "node:fs";
import type { Stats } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileTree, TreeEntry } from "#base";
import { Files } from "#vfs";
import type { DirectoryNode, Node } from "#vfs";
import * as fc from "fast-check";
import { expect, test } from "vitest";

/** The initial files of both. No symlink leads outside, or a cell's files would rightly refuse it. */
const ENTRIES: ReadonlyArray<readonly [path: string, entry: TreeEntry]> = [
  ["a", { type: "directory" }],
  ["a/a", { type: "file", sizeBytes: 10 }],
  ["a/b", { type: "directory" }],
  ["a/b/c", { type: "file", sizeBytes: 150_000 }],
  ["a/c", { type: "link", target: "b" }],
  ["b", { type: "link", target: "a/b" }],
  ["c", { type: "file", sizeBytes: 70_000 }],
  ["d", { type: "link", target: "nothing" }],
];
const CODES: Readonly<Record<string, string>> = {
  EBUSY: "busy",
  EEXIST: "exist",
  EINVAL: "invalid",
  EISDIR: "is-directory",
  ELOOP: "loop",
  ENOENT: "no-entry",
  ENOTDIR: "not-directory",
  ENOTEMPTY: "not-empty",
  EPERM: "not-permitted",
};

function contentOf(sizeBytes: number): Uint8Array {
  return Uint8Array.from({ length: sizeBytes }, (_, at) => (at * 7) % 251);
}

/** The two file systems that are compared. */
interface Pair {
  readonly folder: string;
  readonly files: Files;
}

async function openPair(): Promise<Pair & AsyncDisposable> {
  const folder = await fs.mkdtemp(join(tmpdir(), "ww-files-"));
  for (const [path, entry] of ENTRIES) {
    const at = join(folder, path);
    if (entry.type === "directory") await fs.mkdir(at);
    else if (entry.type === "link") await fs.symlink(entry.target, at);
    else await fs.writeFile(at, contentOf(entry.sizeBytes));
  }
  const tree: FileTree = {
    entries: new Map(ENTRIES),
    read: async (_path, offset, lengthBytes) =>
      contentOf(offset + lengthBytes).subarray(offset, offset + lengthBytes),
  };
  const files = new Files({ tree, mounts: [{ path: "", tree }], nowNs: () => 0n });
  return {
    folder,
    files,
    [Symbol.asyncDispose]: () => fs.rm(folder, { recursive: true }),
  };
}

interface Step {
  readonly verb: "mkdir" | "rmdir" | "unlink" | "rename" | "link" | "symlink" | "stat" | "write";
  readonly path: string;
  readonly other: string;
  readonly flag: boolean;
  readonly create: boolean;
  readonly offset: number;
}

const path = fc
  .tuple(fc.array(fc.constantFrom("a", "b", "c", "d", "."), { minLength: 1, maxLength: 3 }))
  .map(([names]) => names.join("/"));
const slashed = fc.tuple(path, fc.constantFrom("", "", "", "/")).map((parts) => parts.join(""));
const step: fc.Arbitrary<Step> = fc
  .record({
    verb: fc.constantFrom(
      ...(["mkdir", "rmdir", "unlink", "rename", "link", "symlink", "stat", "write"] as const),
    ),
    path: slashed,
    other: slashed,
    flag: fc.boolean(),
    create: fc.boolean(),
    offset: fc.oneof(fc.nat(100), fc.nat(200_000)),
  })
  // A new file's name with a slash is refused before or after the existing entries are checked.
  .map((given) =>
    given.verb === "write" ? { ...given, path: given.path.replace(/\/$/, "") } : given,
  );

async function onHost(
  { folder }: Pair,
  { verb, flag, create, offset, ...given }: Step,
): Promise<string> {
  // Not `join`, which would normalize the path.
  const [at, other] = [`${folder}/${given.path}`, `${folder}/${given.other}`];
  try {
    if (verb === "mkdir") await fs.mkdir(at);
    else if (verb === "rmdir") await fs.rmdir(at);
    else if (verb === "unlink") await fs.unlink(at);
    else if (verb === "rename") await fs.rename(at, other);
    else if (verb === "link") await fs.link(at, other);
    else if (verb === "symlink") await fs.symlink(given.other.replace(/\/$/, ""), at);
    else if (verb === "stat") return describe(await (flag ? fs.stat(at) : fs.lstat(at)));
    else {
      const exclusive = create && flag ? constants.O_EXCL : 0;
      const created = create ? constants.O_CREAT : 0;
      const nofollow = flag ? constants.O_NOFOLLOW : 0;
      await using file = await fs.open(at, constants.O_RDWR | created | exclusive | nofollow);
      await file.write(contentOf(9), 0, 9, offset);
      await file.truncate(offset + 5);
    }
    return "done";
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    return CODES[code] ?? code;
  }
}

async function onFiles(
  { files }: Pair,
  { verb, flag, create, offset, ...given }: Step,
): Promise<string> {
  const { root } = files;
  if (verb === "mkdir") return files.createDirectory(root, given.path) ?? "done";
  if (verb === "rmdir") return files.removeDirectory(root, given.path) ?? "done";
  if (verb === "unlink") return files.removeFile(root, given.path) ?? "done";
  if (verb === "rename") return files.rename(root, given.path, root, given.other) ?? "done";
  if (verb === "link") return files.link(root, given.path, root, given.other) ?? "done";
  if (verb === "symlink") {
    return files.createLink(root, given.path, given.other.replace(/\/$/, "")) ?? "done";
  }
  if (verb === "stat") {
    const node = files.find(root, given.path, flag);
    return typeof node === "string" ? node : describe(node);
  }
  const others = { directory: false, truncate: false, write: true, mutate: false };
  const mode = { follow: !flag, create, exclusive: create && flag, ...others };
  const node = files.open(root, given.path, mode);
  if (typeof node === "string") return node;
  if (node.type !== "file") return node.type;
  await node.content.prepare(offset, 9);
  files.write(node, offset, contentOf(9));
  files.resize(node, offset + 5);
  return "done";
}

function describe(found: Stats | Node): string {
  if ("content" in found) return `file of ${found.content.sizeBytes}, ${found.links} names`;
  if ("overlay" in found) return "directory";
  if ("target" in found) return "link";
  if (found.isDirectory()) return "directory";
  return found.isSymbolicLink() ? "link" : `file of ${found.size}, ${found.nlink} names`;
}

async function dumpHost(folder: string, above = ""): Promise<string[]> {
  const lines: string[] = [];
  for (const name of await fs.readdir(join(folder, above))) {
    const path = `${above}${name}`;
    const found = await fs.lstat(join(folder, path));
    const content = found.isFile() ? sum(await fs.readFile(join(folder, path))) : 0;
    lines.push(`${path}: ${describe(found)}, ${content}`);
    if (found.isDirectory()) lines.push(...(await dumpHost(folder, `${path}/`)));
  }
  return lines.sort();
}

async function dumpFiles(files: Files, directory: DirectoryNode, above = ""): Promise<string[]> {
  const lines: string[] = [];
  for (const name of files.names(directory)) {
    const node = files.find(directory, name, false);
    if (typeof node === "string") throw new Error(`${name}: ${node}`);
    const content = node.type === "file" ? sum(await node.content.read(0, 2 ** 30)) : 0;
    lines.push(`${above}${name}: ${describe(node)}, ${content}`);
    if (node.type === "directory")
      lines.push(...(await dumpFiles(files, node, `${above}${name}/`)));
  }
  return lines.sort();
}

function sum(bytes: Uint8Array): number {
  return bytes.reduce((total, byte) => (total * 31 + byte) % 1_000_000_007, 0);
}

test.runIf(process.platform === "linux")(
  "Files changes, refuses and shows what the file system of Linux does",
  { timeout: 60_000 },
  async () => {
    const property = fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      await using pair = await openPair();
      for (const one of steps) {
        expect(await onFiles(pair, one), JSON.stringify(one)).toBe(await onHost(pair, one));
      }
      const shown = await dumpFiles(pair.files, pair.files.root);
      expect(shown).toEqual(await dumpHost(pair.folder));
    });
    await fc.assert(property, { numRuns: 40 });
  },
);
