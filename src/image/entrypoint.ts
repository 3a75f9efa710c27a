/** The program of an image: the one file that every image must have, or another one that the link names. */
import { Exception } from "#base";
import type { FileTree } from "#base";

/** Path of pid0's component in the union of all layers, unless the link names another one. */
export const ENTRYPOINT = "bin/main.wasm";

/** As many as Linux follows in one lookup. */
const LINK_LIMIT = 40;

/**
 * Path of the program's file, with links followed: a program with several names selects its function by `argv[0]`.
 *
 * @param program its path in the union of all layers
 * @throws {Exception} `failed` with a sentence for the visitor when there is no file.
 */
export function requireEntrypoint(
  { entries }: Pick<FileTree, "entries">,
  program: string = ENTRYPOINT,
): string {
  const path = followLinks(entries, program);
  const entry = path === undefined ? undefined : entries.get(path);
  if (path !== undefined && entry?.type === "file") return path;
  if (program !== ENTRYPOINT) {
    const found = entry === undefined ? "there is none" : `there is a ${entry.type}`;
    const advice = `leave the path out to boot ${ENTRYPOINT}`;
    throw new Exception("failed", `Cannot boot "${program}" of the image: ${found}; ${advice}`);
  }
  const state =
    entry === undefined
      ? "without one it is a layer: stack it with an image that has one, or open it with ww sandbox"
      : `there is a ${entry.type} instead`;
  throw new Exception("failed", `Cannot boot: an image needs a component at ${program}; ${state}`);
}

/** The path with links resolved; `undefined` when it does not exist. */
function followLinks(entries: FileTree["entries"], path: string): string | undefined {
  const ahead = path.split("/").toReversed();
  const at: string[] = [];
  for (let links = 0; ahead.length > 0;) {
    const name = ahead.pop() ?? "";
    if (name === "" || name === ".") continue;
    if (name === "..") {
      if (at.pop() === undefined) return undefined;
      continue;
    }
    const entry = entries.get([...at, name].join("/"));
    if (entry === undefined) return undefined;
    if (entry.type !== "link") {
      at.push(name);
      continue;
    }
    if (++links > LINK_LIMIT) return undefined;
    if (entry.target.startsWith("/")) at.length = 0;
    ahead.push(...entry.target.split("/").toReversed());
  }
  return at.join("/");
}
