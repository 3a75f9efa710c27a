/**
 * SDK: what a guest in TypeScript stands on.
 *
 * The program's main gets its cell as an argument and nothing from globals. Promises, `using`, BigInt and private names are
 * the engine's own; how a program becomes a component is the toolchain's business.
 *
 *     export async function main({ stdin, stdout }: Cell): Promise<number> {
 *       const bytes = await copyBytes(stdin, stdout);
 *       return bytes > 0 ? 0 : 1;
 *     }
 *
 * @module
 */
export type { Cell, Main } from "./cell.ts";
