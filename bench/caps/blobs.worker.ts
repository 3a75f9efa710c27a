/** The far side of blobs: a store, and plain copies of as many bytes. */
import { serve } from "#capnp";
import { createBlobs } from "#caps";
import { connect, createPortTransport } from "#rpc";
import { BlobStore } from "#schema";

export type BlobRequest =
  | { readonly type: "connect"; readonly port: MessagePort }
  | { readonly type: "copy"; readonly port: MessagePort; readonly bytes: number };

const blobs = createBlobs({ toCid: (hash) => `cid-${hash.join("-")}` });
let plain: Uint8Array | undefined;

globalThis.onmessage = ({ data }: MessageEvent<BlobRequest>) => {
  if (data.type === "connect") {
    using bootstrap = serve(BlobStore, blobs.serveStore());
    connect(createPortTransport(data.port), { bootstrap, lendsData: true });
    return;
  }
  // Cloned, not moved: each reader gets a copy.
  plain ??= new Uint8Array(data.bytes).fill(1);
  data.port.postMessage(plain);
};
