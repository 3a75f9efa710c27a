/**
 * Vfs: the files a cell sees.
 *
 * Read-only trees below, the cell's changes over them, in memory and in a spill, and one journal of the changes. Knows
 * paths, links, ranges, quotas and what was changed; does not know WASI's handles or where blocks come from.
 *
 *     const files = new Files({ tree, mounts: [{ path: "data", tree: data }], nowNs });
 *     const found = files.find(files.root, "bin/main.wasm", true);
 *     if (typeof found !== "string" && found.type === "file") createFileSource(found, 0);
 *     const refusal = files.createDirectory(files.root, "tmp/work"); // undefined, or an error code
 *     const snapshot = takeSnapshot(files); // #image makes a new image of it
 *
 * @module
 */
export { createFileSink } from "./file-sink.ts";
export type { FileSink } from "./file-sink.ts";
export { createFileSource } from "./file-source.ts";
export type { FileSource } from "./file-source.ts";
export { applySnapshot } from "./apply-snapshot.ts";
export { createFileService } from "./file-service.ts";
export type { FileItem, FileService, FileUpload, OpenFile } from "./file-service.ts";
export { Files } from "./files.ts";
export type { FilesOptions, OpenMode } from "./files.ts";
export type { DirectoryNode, FileNode, Node } from "./node.ts";
export type { Quota, QuotaLimits } from "./quota.ts";
export { createPieceStore } from "./piece-store.ts";
export type { PieceFile, PieceStore } from "./piece-store.ts";
export { createReadCache } from "./read-cache.ts";
export type { CachedTree, ReadCache, ReadCacheOptions } from "./read-cache.ts";
export { takeSnapshot } from "./snapshot.ts";
