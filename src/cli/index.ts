/**
 * Cli: the `ww` command in Node, and the local node that it starts.
 *
 * A door: it takes the file system, the network and the process as they are, and hands them to the rooms. Tests start a
 * local node from here.
 *
 *     await using node = await startLocalNode({ port: 0, images: ["public/images/pid0"], distFolder: "dist" });
 *     const [image] = node.images;
 *     await page.goto(`${node.url}#${image?.path}`);
 *
 * @module
 */
export { startLocalNode } from "./local-node.ts";
export type { LocalNode, LocalNodeOptions, PageConfig } from "./local-node.ts";
