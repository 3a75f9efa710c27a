/**
 * Image: from names (CID, folder, CAR) to layers and their union.
 *
 * Knows UnixFS and CAR. Does not know where blocks come from: the caller passes a BlockSource.
 *
 *     const name = parseImageName("ipfs://bafybei…");
 *     if (name.type !== "name") return show("not the CID of an image");
 *     const layer = await openLayer(name.cid, blocks, { signal });
 *     const tree = uniteLayers([base, layer]);
 *     requireEntrypoint(tree);
 *     const bytes = await tree.read("bin/main.wasm", 0, 64 * 1024);
 *     const cid = await importSnapshot(snapshot, [tree], blockstore); // the tree with a cell's changes
 *
 * @module
 */
export { createBlockSource } from "./block-source.ts";
export type { BlockSource, ReadableBlockstore } from "./block-source.ts";
export { encodeCar, encodeCarBlock, encodeCarHeader, importCar, measureCarBlock } from "./car.ts";
export { editTree } from "./edit-tree.ts";
export type { TreeEdit } from "./edit-tree.ts";
export { ENTRYPOINT, requireEntrypoint } from "./entrypoint.ts";
export { importSnapshot } from "./import-snapshot.ts";
export { importTree } from "./import-tree.ts";
export type { ImportedEntry, WritableBlockstore } from "./import-tree.ts";
export { openLayer } from "./layer.ts";
export type { LinkedTree, TreeLink } from "./layer.ts";
export { openFile } from "./open-file.ts";
export { walkDag } from "./dag.ts";
export { encodeLink, parseImageLink } from "./link.ts";
export { parseImageName } from "./name.ts";
export { toRawCid } from "./raw-cid.ts";
export { uniteLayers } from "./union.ts";
