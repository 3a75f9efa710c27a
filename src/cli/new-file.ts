/** A file that gets its name only when it is complete. */
import { lstat, open, rename, rm } from "node:fs/promises";
import type { Writable } from "node:stream";
import { Exception } from "#base";
import { explainFile } from "./explain-file.ts";

/** Disposing without `keep` discards the new file, and leaves the one that had the name before. */
export interface NewFile extends AsyncDisposable {
  readonly stream: Writable;
  /** Ends the stream, and gives the file its name once everything is written. */
  keep(): Promise<void>;
}

/** @throws {Exception} `failed` when the path exists. */
export async function refuseExisting(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  throw new Exception("failed", `Cannot write "${path}": it exists; replace it with --force`);
}

/** @throws {Exception} `failed` when no file can be written there. */
export async function openNewFile(path: string): Promise<NewFile> {
  const unfinished = `${path}.${process.pid}.part`;
  const file = await open(unfinished, "w").catch((reason: unknown) => {
    const isMissing = reason instanceof Error && "code" in reason && reason.code === "ENOENT";
    const why = isMissing ? "its folder does not exist" : explainFile(reason);
    throw new Exception("failed", `Cannot write "${path}": ${why}`);
  });
  const stream = file.createWriteStream();
  const closed = new Promise<void>((resolve, reject) =>
    stream.on("close", resolve).on("error", reject),
  );
  closed.catch(() => {});
  return {
    stream,
    async keep() {
      stream.end();
      await closed;
      await rename(unfinished, path);
    },
    async [Symbol.asyncDispose]() {
      stream.destroy();
      await closed.catch(() => {});
      await rm(unfinished, { force: true });
    },
  };
}
