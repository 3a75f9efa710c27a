/** The page's content services: files by path, edits that make new content, providers, and names. */
import { Exception, parseCid, sha256 } from "#base";
import type { Waiting } from "#base";
import { servePieces } from "#caps";
import { editTree, importSnapshot, openFile, openLayer, parseImageName, toRawCid } from "#image";
import type { TreeEdit } from "#image";
import type { ContentServers } from "#kernel";
import type { Content, NetNode } from "#net";
import { toPath } from "#net";
import type { CID } from "multiformats/cid";
import type { Load } from "./load.ts";
import type { PageNames } from "./names.ts";

export interface ContentServerPowers {
  readonly content: Pick<Load<Content>, "get">;
  readonly names: Pick<PageNames, "publish" | "resolveForeign">;
  /** The page's node. */
  readonly net: (
    waiting?: Waiting,
  ) => Promise<Pick<NetNode, "findProviders" | "nameKey" | "provide">>;
}

const PIECE_BYTES = 256 * 1024;
/** Most providers that one search of a cell returns. */
const LIMIT_PROVIDERS = 64;

export function createContentServers({ content, names, net }: ContentServerPowers): ContentServers {
  const edit = async (
    base: string,
    path: string,
    change: TreeEdit,
    options: Waiting,
  ): Promise<{ readonly rootCid: string }> => {
    const root = parseRoot(base);
    const blocks = await content.get(options);
    await blocks.fetchLayer(root, options);
    const tree = await openLayer(root, blocks, options);
    const snapshot = editTree(tree, path, change);
    return { rootCid: (await importSnapshot(snapshot, [tree], blocks, options)).toString() };
  };
  /** Resolves a path below `/ipfs/` or `/ipns/` to one below `/ipfs/`. */
  const resolve = async (path: string, options: Waiting): Promise<string> => {
    if (/^\/ipfs\/./.test(path)) return path;
    const [, root = "", below = ""] = /^(\/ip[fn]s\/[^/]+)(.*)$/.exec(path) ?? [];
    const name = parseImageName(root);
    if (name.type === "unreadable") throw new Exception("failed", name.reason);
    if (name.type === "name") return name.path;
    const { cid } = await names.resolveForeign(name.key, options);
    return `/ipfs/${cid.toString()}${below}`;
  };
  return {
    ipfs: {
      async read(path, { signal }) {
        const found = await resolve(path, { signal });
        const [, cid = "", inner = ""] = /^\/ipfs\/([^/]+)\/?(.*)$/.exec(found) ?? [];
        const file = await openFile(parseRoot(cid), inner, await content.get({ signal }), {
          signal,
        });
        return { stream: servePieces(readPieces(file)) };
      },
    },
    routing: {
      async provide(key, { signal }) {
        await (await net({ signal })).provide(requireCid(key), { signal });
      },
      async findProviders(key, count, sink, { signal }) {
        const cid = requireCid(key);
        const node = await net({ signal });
        const most = Math.min(count, LIMIT_PROVIDERS);
        for await (const { peerId, addrs } of node.findProviders(cid, most, { signal })) {
          const info = { peerId: peerId.bytes, addrs: addrs.map(({ bytes }) => bytes) };
          await sink.provider(info, { signal });
        }
        await sink.done({ signal });
      },
      async publish(name, cid, expectedCurrent, { signal }) {
        const root = parseRoot(cid);
        const expected = expectedCurrent === "" ? undefined : parseRoot(expectedCurrent);
        const { nameKey } = await net({ signal });
        if (name !== "" && name !== "self" && readKey(name)?.equals(nameKey) !== true) {
          const own = `this node publishes "self", which is "${toPath(nameKey)}"`;
          throw new Exception("failed", `Cannot publish "${name}": ${own}`);
        }
        return { publishedPath: await names.publish(root, { expected, signal }) };
      },
      hash: async (data) => ({ key: toRawCid(await sha256(data)).toString() }),
      resolve: async (name, { signal }) => ({ path: await resolve(name, { signal }) }),
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

/** Parses the CID of a folder. @throws {Exception} `failed` for any other text */
function parseRoot(text: string): CID {
  const name = parseImageName(text);
  if (name.type === "unreadable") throw new Exception("failed", name.reason);
  if (name.type === "mutable") throw new Exception("failed", `Not a CID: "${name.path}"`);
  return name.cid;
}

/** Parses any CID. @throws {Exception} `failed` for any other text */
function requireCid(text: string): CID {
  try {
    return parseCid(text);
  } catch (cause) {
    throw new Exception("failed", `Not a CID: "${text.slice(0, 80)}"`, { cause });
  }
}

function readKey(text: string): CID | undefined {
  const name = parseImageName(text);
  return name.type === "mutable" ? name.key : undefined;
}
