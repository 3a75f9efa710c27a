/**
 * The part of bitswap's messages that this node uses: wants, blocks, and whether a peer has a block.
 *
 * Messages are read field by field: a decoder that makes an object of every part would make two million of 4 MiB.
 *
 * @see https://specs.ipfs.tech/bitswap-protocol/#bitswap-1-2-0-wire-format
 */
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { CID } from "multiformats/cid";

/** A block that a peer asks for. */
export interface AskedBlock {
  readonly cid: CID;
  /** Whether the peer asks only if the block is here, not for its bytes. */
  readonly isPresence: boolean;
  /** Whether the peer wants an answer if the block is not here. */
  readonly wantsAbsence: boolean;
}

/** A block that a peer has sent; the message names its hash function, but not its digest. */
export interface SentBlock {
  readonly hashCode: number;
  readonly digestBytes: number;
  /** A view of the message. */
  readonly bytes: Uint8Array;
}

export interface Presence {
  readonly cid: CID;
  readonly isHere: boolean;
}

export interface BitswapMessage {
  /** Cancelled wants are left out: every want is answered on arrival, so there is nothing to cancel. */
  readonly asked: readonly AskedBlock[];
  readonly blocks: readonly SentBlock[];
  readonly presences: readonly Presence[];
}

/** Limit for each kind of part in a message. Further wants are skipped, as Go's peers do. */
const LIMIT_ITEMS = 1024;
const LIMIT_PARTS = 3 * LIMIT_ITEMS;

const MESSAGE = { wantlist: 1, block: 3, presence: 4 } as const;
const WANTLIST = { entry: 1 } as const;
const ENTRY = { cid: 1, priority: 2, cancel: 3, type: 4, wantsAbsence: 5 } as const;
const BLOCK = { prefix: 1, data: 2 } as const;
const PRESENCE = { cid: 1, type: 2 } as const;

const WANT_HAVE = 1;
const HAVE = 0;
const DONT_HAVE = 1;

/** @throws {Error} when the bytes are not a message, or have too many parts. */
export function decodeMessage(bytes: Uint8Array): BitswapMessage {
  const asked: AskedBlock[] = [];
  const blocks: SentBlock[] = [];
  const presences: Presence[] = [];
  let count = 0;
  for (const [field, value] of readFields(bytes)) {
    if (++count > LIMIT_PARTS) throw new RangeError(`A message has more than ${LIMIT_PARTS} parts`);
    if (typeof value === "number") continue;
    if (field === MESSAGE.wantlist) readWantlist(value, asked);
    else if (field === MESSAGE.block) blocks.push(readBlock(value));
    else if (field === MESSAGE.presence) presences.push(readPresence(value));
  }
  return { asked, blocks, presences };
}

/** A message that asks for a block, or cancels that. All encoded messages begin with their length. */
export function encodeWant(
  cid: CID,
  { isOver = false }: { readonly isOver?: boolean } = {},
): Uint8Array {
  return encode((message) => {
    nest(message, MESSAGE.wantlist, (list) => {
      nest(list, WANTLIST.entry, (entry) => {
        writeBytes(entry, ENTRY.cid, cid.bytes);
        writeNumber(entry, ENTRY.priority, 1);
        writeNumber(entry, isOver ? ENTRY.cancel : ENTRY.wantsAbsence, 1);
      });
    });
  });
}

export function encodeBlock({ version, code, multihash }: CID, bytes: Uint8Array): Uint8Array {
  const prefix = new BinaryWriter();
  for (const part of [version, code, multihash.code, multihash.digest.length]) prefix.uint32(part);
  return encode((message) => {
    nest(message, MESSAGE.block, (block) => {
      writeBytes(block, BLOCK.prefix, prefix.finish());
      writeBytes(block, BLOCK.data, bytes);
    });
  });
}

export function encodePresences(presences: readonly Presence[]): Uint8Array {
  return encode((message) => {
    for (const { cid, isHere } of presences) {
      nest(message, MESSAGE.presence, (presence) => {
        writeBytes(presence, PRESENCE.cid, cid.bytes);
        writeNumber(presence, PRESENCE.type, isHere ? HAVE : DONT_HAVE);
      });
    }
  });
}

type Fields = Generator<readonly [field: number, value: number | Uint8Array]>;

/** The fields of a message, in the two wire types that bitswap uses. Nested messages are views of the bytes. */
function* readFields(bytes: Uint8Array): Fields {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (type === WireType.LengthDelimited) yield [field, reader.bytes()];
    else if (type === WireType.Varint) yield [field, reader.uint32()];
    else throw new RangeError(`A message has a field of kind ${type}`);
  }
}

function readWantlist(bytes: Uint8Array, asked: AskedBlock[]): void {
  let count = 0;
  for (const [field, value] of readFields(bytes)) {
    if (field !== WANTLIST.entry || typeof value === "number") continue;
    if (++count > LIMIT_ITEMS || asked.length >= LIMIT_ITEMS) return;
    const entry = new Map(readFields(value));
    if (entry.get(ENTRY.cancel) === 1) continue;
    asked.push({
      cid: readCid(entry.get(ENTRY.cid)),
      isPresence: entry.get(ENTRY.type) === WANT_HAVE,
      wantsAbsence: entry.get(ENTRY.wantsAbsence) === 1,
    });
  }
}

function readBlock(bytes: Uint8Array): SentBlock {
  const block = new Map(readFields(bytes));
  const prefix = new BinaryReader(toBytes(block.get(BLOCK.prefix)));
  const [, , hashCode = 0, digestBytes = 0] = Array.from({ length: 4 }, () => prefix.uint32());
  return { hashCode, digestBytes, bytes: toBytes(block.get(BLOCK.data)) };
}

function readPresence(bytes: Uint8Array): Presence {
  const presence = new Map(readFields(bytes));
  const type = presence.get(PRESENCE.type) ?? HAVE;
  return { cid: readCid(presence.get(PRESENCE.cid)), isHere: type === HAVE };
}

/** Copies the bytes: a view would keep the whole message in memory. */
function readCid(value: number | Uint8Array | undefined): CID {
  return CID.decode(toBytes(value).slice());
}

/** An absent field is empty. */
function toBytes(value: number | Uint8Array = new Uint8Array(0)): Uint8Array {
  if (typeof value === "number") throw new RangeError("A message has a number in place of bytes");
  return value;
}

function encode(write: (message: BinaryWriter) => void): Uint8Array {
  const message = new BinaryWriter();
  write(message);
  return new BinaryWriter().bytes(message.finish()).finish();
}

function nest(writer: BinaryWriter, field: number, write: (inner: BinaryWriter) => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}

function writeBytes(writer: BinaryWriter, field: number, bytes: Uint8Array): void {
  writer.tag(field, WireType.LengthDelimited).bytes(bytes);
}

function writeNumber(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).uint32(value);
}
