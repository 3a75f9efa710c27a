/** What the page serves of content: files by path, and edits that make new content. */
import { Exception, sha256 } from "#base";
import type { Waiting } from "#base";
import { servePieces } from "#caps";
import { editTree, importSnapshot, openFile, openLayer, parseImageName, toRawCid } from "#image";
import type { TreeEdit } from "#image";
import type { ContentServers } from "#kernel";
import type { Content } from "#net";
import type { CID } from "multiformats/cid";
import type { Load } from "./load.ts";

const PIECE_BYTES = 256 * 1024;

export function createContentServers(content: Load<Content>): ContentServers {
  const edit = async (
    base: string,
    path: string,
    change: TreeEdit,
    options: Waiting,
  ): Promise<{ readonly rootCid: string }> => {
    const root = parseCid(base);
    const blocks = await content.get(options);
    await blocks.fetchLayer(root, options);
    const tree = await openLayer(root, blocks, options);
    const snapshot = editTree(tree, path, change);
    return { rootCid: (await importSnapshot(snapshot, [tree], blocks, options)).toString() };
  };
  return {
    ipfs: {
      async read(path, { signal }) {
        const [, cid = "", inner = ""] = /^\/ipfs\/([^/]+)\/?(.*)$/.exec(path) ?? [];
        const root = parseCid(cid);
        const file = await openFile(root, inner, await content.get({ signal }), { signal });
        return { stream: servePieces(readPieces(file)) };
      },
    },
    routing: {
      provide: () => unimplemented("announces no content"),
      findProviders: () => unimplemented("looks for no providers"),
      publish: () => unimplemented("publishes no names"),
      hash: async (data) => ({ key: toRawCid(await sha256(data)).toString() }),
      resolve(name) {
        if (/^\/ipfs\/./.test(name)) return { path: name };
        return unimplemented("resolves no names");
      },
      mkdir: (base, path, makesParents, { signal }) =>
        edit(base, path, { type: "makeDirectory", makesParents }, { signal }),
      writeFile: (base, path, data, makesParents, { signal }) =>
        edit(base, path, { type: "writeFile", data: data.slice(), makesParents }, { signal }),
      remove: (base, path, isRecursive, { signal }) =>
        edit(base, path, { type: "remove", isRecursive }, { signal }),
    },
  };
}

type OpenedFile = Awaited<ReturnType<typeof openFile>>;

async function* readPieces(file: OpenedFile): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.sizeBytes; at += PIECE_BYTES) {
    yield await file.read(at, Math.min(PIECE_BYTES, file.sizeBytes - at));
  }
}

function parseCid(text: string): CID {
  const name = parseImageName(text);
  if (name.type === "unreadable") throw new Exception("failed", name.reason);
  if (name.type === "mutable") throw new Exception("failed", `Not a CID: "${name.path}"`);
  return name.cid;
}

function unimplemented(what: string): never {
  throw new Exception("unimplemented", `This node ${what} yet`);
}
