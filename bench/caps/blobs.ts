/** One blob read by many, beside plain copies posted to as many. */
import { connect, createPortTransport } from "#rpc";
import { BlobStore } from "#schema";
import { raceTimes, toRowAtMost } from "../measure.ts";
import type { Row } from "../measure.ts";
import type { BlobRequest } from "./blobs.worker.ts";

const BYTES = 16 * 1024 * 1024;
const READERS = 10;
const ROUNDS = 5;

export async function measureBlobs(): Promise<Row[]> {
  const worker = new Worker(new URL("blobs.worker.ts", import.meta.url), { type: "module" });
  const post = (toRequest: (port: MessagePort) => BlobRequest): MessagePort => {
    const { port1, port2 } = new MessageChannel();
    worker.postMessage(toRequest(port2), [port2]);
    return port1;
  };
  const open = (): BlobStore =>
    connect(createPortTransport(post((port) => ({ type: "connect", port }))), {
      lendsData: true,
    }).bootstrap(BlobStore);
  const writer = open();
  const readers = Array.from({ length: READERS }, open);
  const data = new Uint8Array(BYTES).fill(7);

  const shared = async (): Promise<number> => {
    const start = performance.now();
    using frozen = await writer.freeze(data);
    const { cid } = await frozen.blob.cid();
    await Promise.all(
      readers.map(async (reader) => {
        using opened = await reader.open(cid);
        for (let at = 0; at < BYTES;) {
          using read = await opened.blob.read(at, BYTES);
          if (read.data[0] !== 7) throw new Error("A blob was read wrongly");
          at += read.data.length;
        }
      }),
    );
    return performance.now() - start;
  };
  const plain = async (): Promise<number> => {
    const start = performance.now();
    const copies = Array.from({ length: READERS }, () =>
      post((port) => ({ type: "copy", port, bytes: BYTES })),
    ).map(
      (port) =>
        new Promise<void>((resolve) => {
          port.onmessage = () => {
            port.close();
            resolve();
          };
        }),
    );
    await Promise.all(copies);
    return performance.now() - start;
  };
  const times = await raceTimes({ shared, plain }, ROUNDS);
  worker.terminate();
  return [toRowAtMost("blob of 16 MB read by ten, ms", times.shared, times.plain, "ten copies", 2)];
}
