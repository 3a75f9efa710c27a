/** Parses the names of images that users type or paste. */
import { canCheckHash, HASH_NAMES } from "#base";
import { base16, base16upper } from "multiformats/bases/base16";
import { base32upper } from "multiformats/bases/base32";
import { CID } from "multiformats/cid";

/** A valid name, or one sentence about what is wrong with it. */
export type ImageName =
  | {
      readonly type: "name";
      readonly cid: CID;
      /** The path of a program in the image, if the name has one. */
      readonly program: string | undefined;
      /** Includes the program. */
      readonly path: `/ipfs/${string}`;
    }
  | { readonly type: "unreadable"; readonly reason: string };

const DAG_PB = 0x70;
const RAW = 0x55;
const IDENTITY = 0x00;
const LIBP2P_KEY = 0x72;
/** Multibases beside the usual ones of CIDs. */
const BASES = [base16, base16upper, base32upper];
/** Distinguishes programs from other files of an image. */
const PROGRAM = /\.wasm$/;

/**
 * Parses a CID, `/ipfs/<cid>`, `ipfs://<cid>`, a gateway URL (path or subdomain style) or a link of this page
 * (`…/#/ipfs/<cid>`). Surrounding blanks are ignored, also percent-encoded ones. All but a bare CID may name a
 * program: `/ipfs/<cid>/bin/tool.wasm`.
 */
export function parseImageName(text: string): ImageName {
  const trimmed = trim(text);
  if (trimmed === "") {
    return unreadable("Nothing to open: give a CID, /ipfs/<cid>, ipfs://<cid> or a link to one");
  }
  if (/^(\/ipns\/|ipns:)/i.test(trimmed)) return mutable(trimmed);
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
    if (path.startsWith("/ipns/")) return mutable(text);
  }
  const [label = "", kind] = url.hostname.split(".");
  if (kind === "ipns") return mutable(text);
  if (kind === "ipfs") return parsePath(label + url.pathname, text);
  return unreadable(`No CID in the address ${quote(text)}: it should contain /ipfs/<cid>`);
}

/** Parses `<cid>[/]` or `<cid>/bin/tool.wasm`, with an optional query. */
function parsePath(rest: string, text: string): ImageName {
  const [path = ""] = rest.split(/[?#]/);
  const [name = "", ...inner] = trim(path).split("/").map(trim);
  const cid = parseCid(name);
  if (cid === undefined) {
    return unreadable(
      `Not a CID: ${quote(name === "" ? text : name)}; a CID looks like bafybei… or Qm… and is copied whole`,
    );
  }
  const below = inner.filter((part) => part !== "").join("/");
  if (below !== "" && !PROGRAM.test(below)) {
    const advice = `leave out ${quote(`/${below}`)} after the CID`;
    return unreadable(`Only images and programs in them, which end with .wasm, open: ${advice}`);
  }
  return checkCid(cid, below === "" ? undefined : below);
}

function checkCid(cid: CID, program: string | undefined): ImageName {
  if (cid.code === LIBP2P_KEY) return mutable(cid.toString());
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

function parseCid(text: string): CID | undefined {
  try {
    return CID.parse(
      text,
      BASES.find(({ prefix }) => text.startsWith(prefix)),
    );
  } catch {
    return undefined;
  }
}

function trim(text: string): string {
  return text.replaceAll(/^(?:\s|%20)+|(?:\s|%20)+$/g, "");
}

function mutable(text: string): ImageName {
  return unreadable(
    `IPNS and DNSLink names are not supported yet: give the CID that ${quote(text)} points to`,
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
