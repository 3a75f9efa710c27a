/** Real HTTP servers for tests: honest gateways, and ones that lie, hang or disconnect. */
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { concatBytes } from "#base";
import { CarWriter } from "@ipld/car/writer";
import { decode } from "@ipld/dag-pb";
import { MemoryBlockstore } from "blockstore-core";
import { importer } from "ipfs-unixfs-importer";
import { CID } from "multiformats/cid";

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  /** The requested paths with their queries, in order. */
  readonly requests: string[];
}

export async function startServer(
  answer: (path: string, response: ServerResponse, request: IncomingMessage) => void,
): Promise<TestServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? "");
    answer(request.url ?? "", response, request);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("Server has no port");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface TestImage {
  readonly root: CID;
  readonly blocks: ReadonlyMap<string, Uint8Array>;
}

/** An image: the root, a file's node, and its leaves in their order; by default these are two. */
export async function makeImage(sizeBytes = 400_000): Promise<TestImage> {
  const store = new MemoryBlockstore();
  const content = new Uint8Array(sizeBytes).map((_, at) => (at + (at >> 18)) % 251);
  let root: CID | undefined;
  for await (const { cid } of importer([{ path: "main.wasm", content }], store, {
    profile: "unixfs-v0-2015",
    cidVersion: 1,
    rawLeaves: true,
    wrapWithDirectory: true,
  })) {
    root = cid;
  }
  if (root === undefined) throw new Error("Nothing imported");
  const blocks = new Map<string, Uint8Array>();
  const add = async (cid: CID): Promise<void> => {
    const parts = await Array.fromAsync(store.get(cid));
    const bytes = concatBytes(parts);
    blocks.set(cid.toString(), bytes);
    if (cid.code === 0x70) for (const link of decode(bytes).Links) await add(link.Hash);
  };
  await add(root);
  return { root, blocks };
}

export async function makeCar(
  root: CID,
  blocks: Iterable<readonly [string, Uint8Array]>,
): Promise<Uint8Array> {
  const { writer, out } = CarWriter.create([root]);
  const pieces = Array.fromAsync(out);
  for (const [cid, bytes] of blocks) await writer.put({ cid: CID.parse(cid), bytes });
  await writer.close();
  return concatBytes(await pieces);
}

/** Answers as an honest gateway does; `car: false` for one that serves only blocks. */
export function answerFrom(
  image: TestImage,
  { car = true }: { readonly car?: boolean } = {},
): (path: string, response: ServerResponse) => void {
  return (path, response) => {
    const name = path.replace(/^\/ipfs\//, "").replace(/\?.*$/, "");
    const bytes = image.blocks.get(name);
    if (bytes === undefined) {
      response.writeHead(404).end("not found");
    } else if (path.includes("format=raw")) {
      response.writeHead(200, { "content-type": "application/vnd.ipld.raw" }).end(bytes);
    } else if (!car) {
      response.writeHead(406).end("no CAR here");
    } else {
      void makeCar(image.root, image.blocks).then((whole) => {
        response.writeHead(200, {
          "content-type": "application/vnd.ipld.car; version=1",
          "content-length": whole.length,
        });
        response.end(whole);
      });
    }
  };
}
