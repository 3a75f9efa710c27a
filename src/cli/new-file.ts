/** A file that is there only when it is whole. */
import { lstat, open, rename, rm } from "node:fs/promises";
import type { Writable } from "node:stream";
import { Exception, toMessage } from "#base";

/** Disposing without `keep` leaves what had the name before, if anything had. */
export interface NewFile extends AsyncDisposable {
  readonly stream: Writable;
  /** Gives the file its name, once all of it is written. */
  keep(): Promise<void>;
}

/** @throws {Exception} `failed` when something has that name. */
export async function refuseExisting(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  throw new Exception("failed", `Cannot write "${path}": it is there; replace it with --force`);
}

/** @throws {Exception} `failed` when no file can be written there. */
export async function openNewFile(path: string): Promise<NewFile> {
  const unfinished = `${path}.${process.pid}.part`;
  const file = await open(unfinished, "w").catch((reason: unknown) => {
    const isMissing = reason instanceof Error && "code" in reason && reason.code === "ENOENT";
    const why = isMissing ? "its folder is not there" : toMessage(reason);
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
