/** Parses the names of images that users type or paste. */
import { canCheckHash, HASH_NAMES, parseCid } from "#base";
import { base16, base16upper } from "multiformats/bases/base16";
import { base32upper } from "multiformats/bases/base32";
import { base36 } from "multiformats/bases/base36";
import { base58btc } from "multiformats/bases/base58";
import { CID } from "multiformats/cid";
import { decode } from "multiformats/hashes/digest";

/** A valid name, or one sentence that says what is wrong with it. */
export type ImageName =
  | {
      readonly type: "name";
      readonly cid: CID;
      /** Path of a program in the image, if the name includes one. */
      readonly program: string | undefined;
      /** Includes the program. */
      readonly path: `/ipfs/${string}`;
    }
  | {
      /** A name whose owner may point it to other images. */
      readonly type: "mutable";
      /** The CID of the key that signs the name's records. */
      readonly key: CID;
      readonly program: string | undefined;
      /** Includes the program. */
      readonly path: `/ipns/${string}`;
    }
  | { readonly type: "unreadable"; readonly reason: string };

const DAG_PB = 0x70;
const RAW = 0x55;
const IDENTITY = 0x00;
const LIBP2P_KEY = 0x72;
/** What precedes the 32 bytes of an Ed25519 key of libp2p, in protobuf. */
const ED25519_KEY = [0x08, 0x01, 0x12, 0x20];
const ED25519_BYTES = 36;
/** Multibases besides those that CIDs usually have. */
const BASES = [base16, base16upper, base32upper, base36];
/** Longer than any peer id of an Ed25519 key; decoding takes quadratic time. */
const LIMIT_PEER_ID = 100;
/** Distinguishes programs from other files of an image. */
const PROGRAM = /\.wasm$/;

/**
 * Parses a CID, `/ipfs/<cid>`, `ipfs://<cid>`, a gateway URL (path or subdomain style) or a link of this page
 * (`…/#/ipfs/<cid>`); and the same with `ipns` and the key of a name, in base36, in base58 or as another CID. Ignores
 * surrounding blanks, percent-encoded ones included. All but a bare CID may name a program: `/ipfs/<cid>/bin/tool.wasm`.
 */
export function parseImageName(text: string): ImageName {
  const trimmed = trim(text);
  if (trimmed === "") {
    return unreadable("Nothing to open: give a CID, /ipfs/<cid>, ipfs://<cid> or a link to one");
  }
  const mutable = /^(?:ipns:(?:\/\/)?(?:\/?ipns\/)?|\/?ipns\/)(.*)$/is.exec(trimmed);
  if (mutable !== null) return parseMutable(mutable[1] ?? "", trimmed);
  if (/^https?:/i.test(trimmed)) return parseLink(trimmed);
  const scheme = /^ipfs:(?:\/\/)?(.*)$/is.exec(trimmed);
  if (scheme !== null) return parsePath((scheme[1] ?? "").replace(/^\/?(ipfs\/)?/, ""), trimmed);
  return parsePath(trimmed.replace(/^\/?ipfs\//i, ""), trimmed);
}

function parseLink(text: string): ImageName {
  if (!URL.canParse(text)) return unreadable(`Not a readable address: ${quote(text)}`);
  const url = new URL(text);
  for (const path of [url.hash.slice(1), url.pathname]) {
    if (path.startsWith("/ipfs/")) return parsePath(path.slice("/ipfs/".length), text);
    if (path.startsWith("/ipns/")) return parseMutable(path.slice("/ipns/".length), text);
  }
  const [label = "", kind] = url.hostname.split(".");
  if (kind === "ipns") return parseMutable(label + url.pathname, text);
  if (kind === "ipfs") return parsePath(label + url.pathname, text);
  return unreadable(`No CID in the address ${quote(text)}: it should contain /ipfs/<cid>`);
}

/** Parses `<cid>[/]` or `<cid>/bin/tool.wasm`, with an optional query. */
function parsePath(rest: string, text: string): ImageName {
  const { name, program, advice } = splitProgram(rest);
  const cid = findCid(name);
  if (cid === undefined) {
    return unreadable(
      `Not a CID: ${quote(name === "" ? text : name)}; a CID looks like bafybei… or Qm… and is copied whole`,
    );
  }
  return advice === undefined ? checkCid(cid, program) : unreadable(advice);
}

/** Parses what follows `/ipns/`. */
function parseMutable(rest: string, text: string): ImageName {
  const { name, program, advice } = splitProgram(rest);
  const key = parseKey(name);
  if (key === undefined) {
    const quoted = quote(name === "" ? text : name);
    return unreadable(
      name.includes(".") || name.includes("--")
        ? `Names of DNS are not resolved: give the CID or the key that ${quoted} leads to`
        : `Not the key of a name: ${quoted}; such a key looks like k51… or 12D3KooW… and is copied whole`,
    );
  }
  return advice === undefined ? toMutable(key, program) : unreadable(advice);
}

interface SplitPath {
  readonly name: string;
  readonly program: string | undefined;
  /** What is wrong with the path after the name, as a sentence. */
  readonly advice?: string;
}

function splitProgram(rest: string): SplitPath {
  const [path = ""] = rest.split(/[?#]/);
  const [name = "", ...inner] = trim(path).split("/").map(trim);
  const below = inner.filter((part) => part !== "").join("/");
  if (below === "") return { name, program: undefined };
  if (PROGRAM.test(below)) return { name, program: below };
  const fix = `leave out ${quote(`/${below}`)} after the name of the image`;
  const advice = `Only images and programs in them, which end with .wasm, open: ${fix}`;
  return { name, program: undefined, advice };
}

function checkCid(cid: CID, program: string | undefined): ImageName {
  if (cid.code === LIBP2P_KEY) {
    return isKey(cid)
      ? toMutable(cid, program)
      : unreadable(`Not the key of a name: ${quote(cid.toString())}; only Ed25519 keys are known`);
  }
  if (cid.code === RAW) {
    return unreadable(
      `Not an image: ${quote(cid.toString())} is a single file, an image is a folder`,
    );
  }
  if (cid.code !== DAG_PB) {
    return unreadable(
      `Not an image: ${quote(cid.toString())} is data of codec 0x${cid.code.toString(16)}, an image is a UnixFS folder`,
    );
  }
  if (cid.multihash.code === IDENTITY || !canCheckHash(cid.multihash)) {
    return unreadable(
      `Cannot verify ${quote(cid.toString())}: its hash is of kind 0x${cid.multihash.code.toString(16)}, only ${HASH_NAMES} are supported`,
    );
  }
  const path = program === undefined ? cid.toString() : `${cid.toString()}/${program}`;
  return { type: "name", cid, program, path: `/ipfs/${path}` };
}

function findCid(text: string): CID | undefined {
  try {
    return parseCid(
      text,
      BASES.find(({ prefix }) => text.startsWith(prefix)),
    );
  } catch {
    return undefined;
  }
}

/** Not by a regular expression, which would start at each blank of a long run: untrusted processes give names, too. */
function trim(text: string): string {
  let [rest, before] = [text.trim(), ""];
  while (rest !== before) {
    before = rest;
    let [from, to] = [0, rest.length];
    while (rest.startsWith("%20", from)) from += 3;
    while (to - 3 >= from && rest.startsWith("%20", to - 3)) to -= 3;
    rest = rest.slice(from, to).trim();
  }
  return rest;
}

function toMutable(key: CID, program: string | undefined): ImageName {
  const name = key.toString(base36);
  return {
    type: "mutable",
    key,
    program,
    path: `/ipns/${program === undefined ? name : `${name}/${program}`}`,
  };
}

/** Parses a key as a CID, or as the multihash of a peer id. */
function parseKey(text: string): CID | undefined {
  const cid = findCid(text);
  if (cid !== undefined) return isKey(cid) ? cid : undefined;
  if (text.length > LIMIT_PEER_ID) return undefined;
  try {
    const key = CID.createV1(LIBP2P_KEY, decode(base58btc.baseDecode(text)));
    return isKey(key) ? key : undefined;
  } catch {
    return undefined;
  }
}

function isKey({ version, code, multihash }: CID): boolean {
  return (
    version === 1 &&
    code === LIBP2P_KEY &&
    multihash.code === IDENTITY &&
    multihash.digest.length === ED25519_BYTES &&
    ED25519_KEY.every((byte, at) => multihash.digest[at] === byte)
  );
}

function unreadable(reason: string): ImageName {
  return { type: "unreadable", reason };
}

/** Truncates long input, so that the sentence stays one line. */
function quote(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return `"${line.length > 80 ? `${line.slice(0, 77)}…` : line}"`;
}
