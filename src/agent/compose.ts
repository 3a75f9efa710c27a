/** `POST /files/compose`: joins files into one, and removes them. */
import { readPieces } from "#caps";
import { readSmallBody } from "./bodies.ts";
import { BOUNDS } from "./bounds.ts";
import { HttpError } from "./errors.ts";
import { requireAllowed } from "./http-parts.ts";
import type { HttpHandler } from "./http-parts.ts";
import { parseFields, readText, readTexts } from "./json.ts";
import { openUpload } from "./open-upload.ts";
import { retryBusy } from "./retry-busy.ts";
import { baseName, findUser, resolvePath } from "./users.ts";

export const compose: HttpHandler = async (
  request,
  _url,
  { signal },
  { files, settings, powers },
) => {
  const fields = parseFields(await readSmallBody(request, signal, powers));
  const user = findUser(readText(fields, "username"), settings);
  const sources = readTexts(fields, "source_paths").map((path) =>
    resolvePath(path, user, settings),
  );
  const given = readText(fields, "destination") ?? "";
  if (given === "") throw new HttpError(400, "destination is required");
  if (sources.length === 0) throw new HttpError(400, "source_paths is required");
  if (sources.length > BOUNDS.sources) {
    throw new HttpError(400, `source_paths has more than ${BOUNDS.sources} entries`);
  }
  const destination = resolvePath(given, user, settings);
  using upload = await openUpload(files, destination, powers, signal);
  for (const source of sources) {
    const { stream, refusal } = await files.read(source, 0, -1, { signal });
    using _ = stream;
    if (refusal === "noEntry") throw new HttpError(404, `path '${source}' does not exist`);
    if (refusal === "isDirectory") throw new HttpError(400, `path '${source}' is a directory`);
    requireAllowed(`error reading '${source}'`, refusal);
    for await (const piece of readPieces(stream, undefined, { signal })) {
      await upload.write(piece.slice());
    }
  }
  await upload.commit([]);
  for (const source of new Set(sources)) {
    if (source === destination) continue;
    const { refusal } = await retryBusy(() => files.remove(source), powers, signal);
    if (refusal !== "noEntry") requireAllowed(`error removing '${source}'`, refusal);
  }
  return Response.json({ path: destination, name: baseName(destination), type: "file" });
};
