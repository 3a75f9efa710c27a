/** Immutable data: one copy, however many readers. @see capnp/common/blob.capnp */
import { Exception, sha256 } from "#base";
import { serve } from "#capnp";
import { copyPointer, MessageBuilder, MessageReader } from "#capnp/wire";
import type { PointerReader } from "#capnp/wire";
import { Blob } from "#schema";
import type { BlobServer, BlobStoreServer } from "#schema";

export interface BlobPowers {
  /** The text of the CIDv1 of raw bytes with this SHA-256. */
  readonly toCid: (sha256: Uint8Array) => string;
}

/** The blobs of one run. */
export interface Blobs {
  /** Number of bytes that are held. */
  readonly heldBytes: number;
  /** A store for one process, which is charged for the blobs it makes. */
  serveStore(): BlobStoreServer;
}

/** Maximum number of bytes of all blobs of a run, and of those that one process has made. */
const RUN_BYTES = 256 * 1024 * 1024;
const PROCESS_BYTES = 128 * 1024 * 1024;
/** Charge for a blob beside its bytes. */
const OVERHEAD_BYTES = 512;
/**
 * Maximum length of one read. Each answer is a copy until its reader has taken it: with 4 MiB, ten readers of 16 MiB
 * held 40 MiB more in the kernel, and now hold 2.5.
 */
const READ_BYTES = 256 * 1024;

/** Bytes, which several blobs may share. */
interface Held {
  readonly cid: string;
  readonly bytes: Uint8Array;
  /** Their share of the budgets; disposing it frees that. */
  readonly share: Disposable;
  holders: number;
}

/** The bytes charged to one process. */
interface Charge {
  bytes: number;
}

export function createBlobs({ toCid }: BlobPowers): Blobs {
  const byCid = new Map<string, Held>();
  let heldBytes = 0;

  /** Reserves room for a blob. @throws {Exception} `overloaded` when there is none. */
  const take = (charge: Charge, size: number): Disposable => {
    const bytes = size + OVERHEAD_BYTES;
    if (charge.bytes + bytes > PROCESS_BYTES || heldBytes + bytes > RUN_BYTES) {
      const state = `this process has ${charge.bytes} bytes in blobs, and the run ${heldBytes}`;
      throw new Exception(
        "overloaded",
        `Cannot freeze ${size} bytes: ${state}; release some first`,
      );
    }
    charge.bytes += bytes;
    heldBytes += bytes;
    return {
      [Symbol.dispose]() {
        charge.bytes -= bytes;
        heldBytes -= bytes;
      },
    };
  };
  /**
   * Serves one more blob of the same bytes. They stay charged to the process that froze them first, until the last
   * holder releases them.
   */
  const serveHeld = (held: Held): BlobServer & Disposable => {
    held.holders++;
    return {
      size: () => ({ bytes: held.bytes.length }),
      read: (offset, lengthBytes) => ({ data: readRange(held.bytes, offset, lengthBytes) }),
      cid: () => ({ cid: held.cid }),
      message() {
        throw new Exception("failed", "This blob contains bytes, not a message");
      },
      [Symbol.dispose]() {
        if (--held.holders > 0) return;
        byCid.delete(held.cid);
        held.share[Symbol.dispose]();
      },
    };
  };
  return {
    get heldBytes() {
      return heldBytes;
    },
    serveStore() {
      const charge: Charge = { bytes: 0 };
      return {
        async freeze(data) {
          using stack = new DisposableStack();
          const share = stack.use(take(charge, data.length));
          // Parameters are only lent until the first wait.
          const bytes = data.slice();
          const cid = toCid(await sha256(bytes));
          const known = byCid.get(cid);
          if (known !== undefined) return { blob: serveHeld(known) };
          stack.move();
          const held: Held = { cid, bytes, share, holders: 0 };
          byCid.set(cid, held);
          return { blob: serveHeld(held) };
        },
        freezeMessage: (root) => ({ blob: serveMessage(root, (size) => take(charge, size)) }),
        open(cid) {
          const held = byCid.get(cid);
          if (held === undefined)
            throw new Exception("failed", `No blob with the CID "${cid.slice(0, 100)}" is alive`);
          return { blob: serve(Blob, serveHeld(held)) };
        },
      };
    },
  };
}

function readRange(bytes: Uint8Array, offset: number, lengthBytes: number): Uint8Array {
  if (!(Number.isSafeInteger(offset) && offset >= 0)) {
    throw new Exception("failed", `Cannot read blob: ${offset} is not an offset`);
  }
  return bytes.subarray(offset, offset + Math.min(lengthBytes, READ_BYTES));
}

/** Serves a message, and holds its capabilities for as long as the blob lives. */
function serveMessage(
  root: PointerReader,
  take: (size: number) => Disposable,
): BlobServer & Disposable {
  using stack = new DisposableStack();
  const builder = new MessageBuilder({ takesClients: true });
  stack.defer(() => builder.release());
  copyPointer(root, builder.root);
  const frame = builder.toFrame();
  stack.use(take(frame.length));
  const { capabilities } = builder;
  const owned = stack.move();
  return {
    size: () => ({ bytes: frame.length }),
    read() {
      throw new Exception("failed", "This blob contains a message, not bytes");
    },
    cid: () => ({ cid: "" }),
    message: () => ({ root: MessageReader.fromFrame(frame).root.with(capabilities) }),
    [Symbol.dispose]: () => owned.dispose(),
  };
}
