/** `POST /files`: uploads files; none of them appears before all have arrived. */
import { readBody } from "./bodies.ts";
import { BOUNDS } from "./bounds.ts";
import { decompress, isGzipped } from "./content-coding.ts";
import { HttpError } from "./errors.ts";
import type { HttpHandler } from "./http-parts.ts";
import { readMultipart } from "./multipart.ts";
import { openUpload } from "./open-upload.ts";
import type { OpenUpload } from "./open-upload.ts";
import { requireSignature } from "./signature.ts";
import { baseName, findUser, resolvePath } from "./users.ts";
import type { Metadata } from "#schema";

const PREFIX = "x-metadata-";

export const upload: HttpHandler = async (request, url, exchange, { files, settings, powers }) => {
  const query = url.searchParams;
  await requireSignature(request, query, "write", settings, powers);
  const user = findUser(query.get("username") ?? undefined, settings);
  const path = query.get("path") ?? "";
  const metadata = readMetadata(request.headers);
  const contentType = request.headers.get("content-type") ?? "";
  const plain = readBody(request, exchange.signal, powers);
  const body = isGzipped(request.headers) ? decompress(plain) : plain;
  using uploads = new DisposableStack();
  const opened = new Map<string, OpenUpload>();
  const open = async (target: string): Promise<OpenUpload> => {
    const at = resolvePath(target, user, settings);
    if (opened.has(at)) {
      throw new HttpError(400, `you cannot upload multiple files to the same path '${at}'`);
    }
    const one = uploads.use(await openUpload(files, at, powers, exchange.signal));
    opened.set(at, one);
    return one;
  };
  const kind = contentType.split(";")[0]?.trim().toLowerCase();
  if (kind === "application/octet-stream") {
    if (path === "") throw new HttpError(400, "path is required for this content type");
    const one = await open(path);
    for await (const piece of body) await one.write(piece);
  } else if (kind === "multipart/form-data") {
    let one: OpenUpload | undefined;
    for await (const event of readMultipart(body, contentType)) {
      if (event.type === "data") await one?.write(event.bytes);
      else if (event.name !== "file") one = undefined;
      else one = await open(path === "" ? requireName(event.filename) : path);
    }
  } else throw new HttpError(400, `unsupported content type: ${contentType.slice(0, 200)}`);
  exchange.signal.throwIfAborted();
  const written = [];
  const note = metadata.length === 0 ? {} : { metadata: toRecord(metadata) };
  for (const [at, one] of opened) {
    await one.commit(metadata);
    written.push({ path: at, name: baseName(at), type: "file", ...note });
  }
  return Response.json(written, { headers: { "x-content-type-options": "nosniff" } });
};

function requireName(filename: string | undefined): string {
  if (filename !== undefined && filename !== "") return filename;
  throw new HttpError(400, "a file has neither a path nor a name");
}

function readMetadata(headers: Headers): Metadata[] {
  const found = [...headers]
    .filter(([name]) => name.startsWith(PREFIX) && name.length > PREFIX.length)
    .map(([name, value]) => ({ name: name.slice(PREFIX.length), value }));
  let length = 0;
  for (const { name, value } of found) length += name.length + value.length;
  if (length <= BOUNDS.metadataBytes) return found;
  throw new HttpError(400, `metadata is longer than ${BOUNDS.metadataBytes} bytes`);
}

function toRecord(metadata: readonly Metadata[]): Record<string, string> {
  return Object.fromEntries(metadata.map(({ name, value }) => [name, value]));
}
