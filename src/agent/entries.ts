/** Describes files as clients see them. */
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { FileEntry, Files } from "#schema";
import { FileType } from "./generated/filesystem/filesystem.ts";
import type { EntryInfoSchema } from "./generated/filesystem/filesystem.ts";
import { baseName } from "./users.ts";

export type EntryInit = MessageInitShape<typeof EntryInfoSchema>;

/** The tree keeps no modes: every file can be executed, and every directory entered. */
const MODE = 0o755;

/**
 * The entry at a path. A link has the type and mode of its target, or an unspecified type if the target does not exist; its
 * size, times and permissions are its own.
 */
export async function toEntryInfo(
  files: Files,
  entry: FileEntry,
  path: string,
  owner: string,
): Promise<EntryInit> {
  const { modifiedNs, metadata } = entry;
  const common = {
    name: baseName(path),
    path,
    owner,
    group: owner,
    ...(modifiedNs < 0n ? {} : { modifiedTime: toTimestamp(modifiedNs) }),
    metadata: Object.fromEntries(metadata.map(({ name, value }) => [name, value])),
  };
  if (entry.which !== "link") return { ...common, ...describe(entry) };
  const { entry: target, refusal } = await files.stat(path, true);
  const found = refusal === "none";
  return {
    ...common,
    type: found ? describe(target).type : FileType.UNSPECIFIED,
    mode: found ? describe(target).mode : 0,
    size: BigInt(new TextEncoder().encode(entry.link).length),
    permissions: "Lrwxrwxrwx",
    symlinkTarget: found ? `/${target.path}` : path,
  };
}

function describe(entry: FileEntry): {
  readonly type: FileType;
  readonly mode: number;
  readonly size: bigint;
  readonly permissions: string;
} {
  if (entry.which === "directory") {
    return { type: FileType.DIRECTORY, mode: MODE, size: 0n, permissions: "drwxr-xr-x" };
  }
  const size = BigInt(entry.which === "file" ? entry.file : 0);
  return { type: FileType.FILE, mode: MODE, size, permissions: "-rwxr-xr-x" };
}

function toTimestamp(ns: bigint): { seconds: bigint; nanos: number } {
  return { seconds: ns / 1_000_000_000n, nanos: Number(ns % 1_000_000_000n) };
}
