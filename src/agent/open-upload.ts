/** A file that is being uploaded: it appears when it is complete; an upload that fails leaves nothing behind. */
import { concatBytes, Exception } from "#base";
import type { FileEntry, Files, Metadata } from "#schema";
import { HttpError } from "./errors.ts";
import { requireAllowed } from "./http-parts.ts";
import type { AgentPowers } from "./powers.ts";
import { retryBusy } from "./retry-busy.ts";

export interface OpenUpload extends Disposable {
  readonly path: string;
  /** Takes over the piece; resolves when the next one should be written. @throws {HttpError} */
  write(piece: Uint8Array): Promise<void>;
  /** Gives the file its name once all of it is written. @throws {HttpError} */
  commit(metadata: readonly Metadata[]): Promise<FileEntry>;
}

/** The number of writes in flight. */
const AHEAD = 3;
/** Small pieces are joined up to this size: one call for each 16 KiB took twice as long. */
const GATHERED_BYTES = 256 * 1024;
/** Larger pieces are split, so that no call is a large message. */
const PIECE_BYTES = 1024 * 1024;

/** @throws {HttpError} if the path leads to a directory, or cannot be written */
export async function openUpload(
  files: Files,
  path: string,
  powers: AgentPowers,
  signal: AbortSignal,
): Promise<OpenUpload> {
  using stack = new DisposableStack();
  const { upload, refusal } = await retryBusy(() => files.write(path, { signal }), powers, signal);
  stack.use(upload);
  if (refusal === "isDirectory") throw new HttpError(400, `path is a directory: ${path}`);
  requireAllowed(`error writing '${path}'`, refusal);
  const { stream } = await upload.stream({ signal });
  stack.use(stream);
  const writes: Promise<unknown>[] = [];
  let gathered: Uint8Array[] = [];
  let gatheredBytes = 0;
  const flush = async (): Promise<void> => {
    const bytes = concatBytes(gathered);
    gathered = [];
    gatheredBytes = 0;
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      const write = Promise.resolve(stream.write(bytes.subarray(at, at + PIECE_BYTES), { signal }));
      void write.catch(() => undefined); // reported when its turn comes
      writes.push(write);
      if (writes.length >= AHEAD) await next();
    }
  };
  const next = async (): Promise<void> => void (await writes.shift()?.catch(toFull));
  const owned = stack.move();
  return {
    path,
    async write(piece) {
      gathered.push(piece);
      gatheredBytes += piece.length;
      if (gatheredBytes >= GATHERED_BYTES) await flush();
    },
    async commit(metadata) {
      await flush();
      while (writes.length > 0) await next();
      const { entry, refusal } = await retryBusy(() => upload.commit(), powers, signal);
      if (refusal === "isDirectory") throw new HttpError(400, `path is a directory: ${path}`);
      requireAllowed(`error writing '${path}'`, refusal);
      if (metadata.length > 0) {
        const note = (): ReturnType<Files["setMetadata"]> => files.setMetadata(path, metadata);
        const noted = await retryBusy(note, powers, signal);
        requireAllowed(`error writing metadata of '${path}'`, noted.refusal);
      }
      return entry;
    },
    [Symbol.dispose]: () => owned.dispose(),
  };
}

/** Turns a write's failure for lack of room into HTTP 507. */
function toFull(reason: unknown): never {
  if (reason instanceof Exception && reason.kind === "overloaded") {
    throw new HttpError(507, reason.message);
  }
  throw reason;
}
