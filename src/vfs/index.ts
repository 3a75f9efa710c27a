/**
 * Vfs: the files a cell sees.
 *
 * Read-only image below; the volatile layer for writes will grow here, above it. Knows paths, links and ranges; does
 * not know WASI's handles or where blocks come from.
 *
 *     const files = createFiles(tree);
 *     const found = files.find("", "bin/main.wasm", true);
 *     if (found.type === "found" && found.entry.type === "file") {
 *       const source = createFileSource(tree, found.path, 0, found.entry.sizeBytes);
 *     }
 *
 * @module
 */
export { createFileSource } from "./file-source.ts";
export { createFiles } from "./files.ts";
export type { FileRefusal, Files } from "./files.ts";
