/** A folder of which the browser hands over copies: it can be read, and never changed. */
import type { FolderDevice, FolderItem } from "#caps";
import { readFile } from "./file-bytes.ts";
import { fail, refuse } from "./file-system.ts";
import { toFileItem } from "./folder-handle.ts";

/** A file, or what stands in a folder. */
type Node = File | Map<string, Node>;

export interface CopiedFolder {
  readonly name: string;
  readonly device: FolderDevice;
}

/** @param files with the paths that a browser gives them, each beginning with the folder's name */
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

/** A folder with this file alone. */
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
    for (const each of names) node = node instanceof Map ? node.get(each) : undefined;
    return node ?? fail(names, "there is none");
  };
  return {
    async list(names) {
      const node = find(names);
      if (!(node instanceof Map)) return fail(names, "it is a file");
      return [...node].map(([each, below]) => toItem(each, below));
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
