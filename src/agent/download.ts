/** `GET /files`: what a file contains. */
import { readPieces } from "#caps";
import { toBody } from "./bodies.ts";
import { isConditional, select } from "./conditions.ts";
import { chooseCoding, compress } from "./content-coding.ts";
import { HttpError } from "./errors.ts";
import { toHttpDate } from "./http-date.ts";
import { requireAllowed } from "./http-parts.ts";
import type { HttpHandler, HttpParts } from "./http-parts.ts";
import { requireSignature } from "./signature.ts";
import { baseName, findUser, resolvePath } from "./users.ts";

export const download: HttpHandler = async (request, url, exchange, parts) => {
  const { files, settings, powers } = parts;
  const query = url.searchParams;
  await requireSignature(request, query, "read", settings, powers);
  const user = findUser(query.get("username") ?? undefined, settings);
  const path = resolvePath(query.get("path") ?? "", user, settings);
  const coding = isConditional(request.headers)
    ? "identity"
    : chooseCoding(request.headers.get("accept-encoding"));
  const { entry, refusal } = await files.stat(path, true);
  if (refusal === "noEntry") throw new HttpError(404, `path '${path}' does not exist`);
  requireAllowed(`error reading '${path}'`, refusal);
  if (entry.which !== "file") throw new HttpError(400, `path '${path}' is a directory`);
  const modifiedMs = entry.modifiedNs < 0n ? undefined : Number(entry.modifiedNs / 1_000_000n);
  const selected = select(request.headers, entry.file, modifiedMs);
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
  const { first, length } = selected.status === 206 ? selected : { first: 0, length: entry.file };
  const plain = readFile(path, first, length, exchange.signal, parts);
  if (selected.status === 206) {
    headers.set("content-range", `bytes ${first}-${first + length - 1}/${entry.file}`);
  }
  if (coding === "gzip") headers.set("content-encoding", "gzip");
  else headers.set("content-length", `${length}`);
  const pieces = coding === "gzip" ? compress(plain) : plain;
  return new Response(toBody(pieces, exchange, powers), { status: selected.status, headers });
};

/** So many bytes. @throws {HttpError} when the file has become shorter: what was promised is not whole then */
async function* readFile(
  path: string,
  first: number,
  length: number,
  signal: AbortSignal,
  { files }: HttpParts,
): AsyncGenerator<Uint8Array> {
  if (length === 0) return;
  const { stream, refusal } = await files.read(path, first, length, { signal });
  using _ = stream;
  requireAllowed(`error reading '${path}'`, refusal);
  let left = length;
  for await (const piece of readPieces(stream, PIECE_BYTES, { signal })) {
    left -= piece.length;
    yield piece.slice();
  }
  if (left !== 0) throw new HttpError(500, `the file '${path}' was changed while it was read`);
}

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
