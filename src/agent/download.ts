/** `GET /files`: the contents of a file. */
import { whenAborted } from "#base";
import { readPieces } from "#caps";
import type { ByteStream } from "#schema";
import { toBody } from "./bodies.ts";
import { isConditional, select } from "./conditions.ts";
import type { Selected } from "./conditions.ts";
import { chooseCoding, compress } from "./content-coding.ts";
import { HttpError } from "./errors.ts";
import { toHttpDate } from "./http-date.ts";
import { requireAllowed } from "./http-parts.ts";
import type { HttpHandler, HttpParts } from "./http-parts.ts";
import { requireSignature } from "./signature.ts";
import { baseName, findUser, resolvePath } from "./users.ts";

export const download: HttpHandler = async (request, url, exchange, parts) => {
  const { settings, powers } = parts;
  const query = url.searchParams;
  await requireSignature(request, query, "read", settings, powers);
  const user = findUser(query.get("username") ?? undefined, settings);
  const path = resolvePath(query.get("path") ?? "", user, settings);
  const coding = isConditional(request.headers)
    ? "identity"
    : chooseCoding(request.headers.get("accept-encoding"));
  const { sizeBytes, modifiedMs, selected, first, length, stream } = await openRange(
    path,
    request.headers,
    exchange.signal,
    parts,
  );
  const headers = new Headers({
    "accept-ranges": "bytes",
    "cache-control": "no-store",
    "content-disposition": toDisposition(baseName(path)),
    "content-type": "application/octet-stream",
    "x-content-type-options": "nosniff",
    vary: "Accept-Encoding",
  });
  if (modifiedMs !== undefined) headers.set("last-modified", toHttpDate(modifiedMs));
  if (selected.status === 304) {
    exchange.end();
    headers.delete("content-type");
    return new Response(null, { status: 304, headers });
  }
  const plain = readAll(path, stream, length, exchange.signal);
  if (selected.status === 206) {
    headers.set("content-range", `bytes ${first}-${first + length - 1}/${sizeBytes}`);
  }
  if (coding === "gzip") headers.set("content-encoding", "gzip");
  else headers.set("content-length", `${length}`);
  const pieces = coding === "gzip" ? compress(plain) : plain;
  return new Response(toBody(pieces, exchange, powers), { status: selected.status, headers });
};

interface OpenRange {
  readonly sizeBytes: number;
  readonly modifiedMs: number | undefined;
  readonly selected: Selected;
  readonly first: number;
  readonly length: number;
  /** Usable until the signal fires; `undefined` when nothing is to be read. */
  readonly stream: ByteStream | undefined;
}

/**
 * Opens the requested range. The size belongs to the file that is read: when another file takes its name between `stat` and
 * `read`, both are repeated.
 */
async function openRange(
  path: string,
  headers: Headers,
  signal: AbortSignal,
  { files }: HttpParts,
): Promise<OpenRange> {
  for (let tries = 1; ; tries++) {
    const { entry, refusal } = await files.stat(path, true);
    if (refusal === "noEntry") throw new HttpError(404, `path '${path}' does not exist`);
    requireAllowed(`error reading '${path}'`, refusal);
    if (entry.which !== "file") throw new HttpError(400, `path '${path}' is a directory`);
    const modifiedMs = entry.modifiedNs < 0n ? undefined : Number(entry.modifiedNs / 1_000_000n);
    const sizeBytes = entry.file;
    const selected = select(headers, sizeBytes, modifiedMs);
    const { first, length } = selected.status === 206 ? selected : { first: 0, length: sizeBytes };
    const range = { sizeBytes, modifiedMs, selected, first, length };
    if (selected.status === 304 || length === 0) return { ...range, stream: undefined };
    using stack = new DisposableStack();
    const opened = await files.read(path, first, length, { signal });
    const stream = stack.use(opened.stream);
    signal.throwIfAborted();
    requireAllowed(`error reading '${path}'`, opened.refusal);
    if (opened.sizeBytes !== sizeBytes && tries < TRIES) continue;
    const owned = stack.move();
    whenAborted(signal, () => owned.dispose());
    return { ...range, stream };
  }
}

/** Exactly `length` bytes. @throws {HttpError} 500 when the file has become shorter, since the length was announced */
async function* readAll(
  path: string,
  stream: ByteStream | undefined,
  length: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (stream === undefined) return;
  let left = length;
  for await (const piece of readPieces(stream, PIECE_BYTES, { signal })) {
    left -= piece.length;
    yield piece.slice();
  }
  if (left !== 0) throw new HttpError(500, `the file '${path}' was changed while it was read`);
}

/** A file that is replaced at each try is read all the same; `readAll` fails if its length is not the announced one. */
const TRIES = 10;
const PIECE_BYTES = 256 * 1024;

/** @see RFC 6266 */
function toDisposition(name: string): string {
  if (/^[\w.+-]+$/.test(name)) return `inline; filename=${name}`;
  const plain = name.replaceAll(/[^\w .+-]/g, "_");
  return `inline; filename="${plain}"; filename*=UTF-8''${encodeName(name)}`;
}

function encodeName(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replaceAll(/['()*]/g, (sign) => {
    return `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}
