/**
 * Makes kad-dht accept providers of CIDs with any hash function. It reads the multihashes in its messages as CIDs of
 * version 0, and so refuses all but SHA-256 by itself.
 */
import type { KadDHT } from "@libp2p/kad-dht";
import { CID } from "multiformats/cid";
import { decode } from "multiformats/hashes/digest";

const RAW = 0x55;

interface Message {
  key?: Uint8Array;
}

/** The part of kad-dht that handles messages; its types do not show it. */
interface Handling {
  readonly rpc: {
    readonly handlers: Readonly<
      Record<string, { handle(from: unknown, message: Message): Promise<Message | undefined> }>
    >;
  };
}

/** @returns the same table */
export function takeAnyHash(table: KadDHT): KadDHT {
  const { handlers } = (table as unknown as Handling).rpc;
  for (const type of ["ADD_PROVIDER", "GET_PROVIDERS"]) {
    const handler = handlers[type];
    if (handler === undefined) throw new TypeError(`kad-dht handles no "${type}"`);
    const handle = handler.handle.bind(handler);
    handler.handle = async (from, message) => {
      const key = toCid(message.key);
      if (key === undefined) return handle(from, message);
      const answer = await handle(from, { ...message, key });
      return answer && { ...answer, ...(message.key && { key: message.key }) };
    };
  }
  return table;
}

/** The bytes of a CID with this multihash; `undefined` if kad-dht can read the multihash, or if it is malformed. */
function toCid(multihash: Uint8Array | undefined): Uint8Array | undefined {
  if (multihash === undefined || multihash[0] === 0x12) return undefined;
  try {
    return CID.createV1(RAW, decode(multihash)).bytes;
  } catch {
    return undefined;
  }
}
