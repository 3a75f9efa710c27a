/** A folder of which the browser has handed over copies: it can be read but not changed. */
import type { FolderDevice, FolderItem } from "#caps";
import { readFile } from "./file-bytes.ts";
import { fail, refuse } from "./file-system.ts";
import { toFileItem } from "./folder-handle.ts";

/** A file, or the entries of a folder by name. */
type Node = File | Map<string, Node>;

export interface CopiedFolder {
  readonly name: string;
  readonly device: FolderDevice;
}

/** @param files with `webkitRelativePath`s, which begin with the name of the folder */
export function openCopiedFolder(files: readonly File[]): CopiedFolder {
  const root = new Map<string, Node>();
  for (const file of files) {
    const names = file.webkitRelativePath.split("/").slice(1);
    put(root, names.length === 0 ? [file.name] : names, file);
  }
  const [first] = files;
  const name = first?.webkitRelativePath.split("/")[0] ?? "";
  return { name, device: serveNodes(name, root) };
}

/** A folder that has this file as its only entry. */
export function openCopiedFile(file: File): FolderDevice {
  return serveNodes("", new Map([[file.name, file]]));
}

function put(root: Map<string, Node>, names: readonly string[], file: File): void {
  let folder = root;
  for (const name of names.slice(0, -1)) {
    const found = folder.get(name);
    const below = found instanceof Map ? found : new Map<string, Node>();
    folder.set(name, below);
    folder = below;
  }
  folder.set(names.at(-1) ?? "", file);
}

function serveNodes(name: string, root: Map<string, Node>): FolderDevice {
  const find = (names: readonly string[]): Node => {
    let node: Node | undefined = root;
    for (const part of names) node = node instanceof Map ? node.get(part) : undefined;
    return node ?? fail(names, "it does not exist");
  };
  return {
    async list(names) {
      const node = find(names);
      if (!(node instanceof Map)) return fail(names, "it is a file");
      return [...node].map(([entry, below]) => toItem(entry, below));
    },
    stat: async (names) => toItem(names.at(-1) ?? name, find(names)),
    async read(names, offset, lengthBytes) {
      const node = find(names);
      if (node instanceof Map) return fail(names, "a folder has no bytes");
      try {
        return await readFile(node, offset, lengthBytes);
      } catch (error) {
        return refuse(names, error);
      }
    },
    write: refuseChange,
    truncate: refuseChange,
    makeFolder: refuseChange,
    remove: refuseChange,
  };
}

async function refuseChange(names: readonly string[]): Promise<never> {
  return fail(names, "the browser has handed over a copy, which cannot be changed");
}

function toItem(name: string, node: Node): FolderItem {
  return node instanceof Map ? { type: "folder", name } : { ...toFileItem(node), name };
}
