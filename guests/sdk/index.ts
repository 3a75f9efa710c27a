/**
 * SDK: what a guest in TypeScript stands on.
 *
 * A program is a file with an async `main`. It gets its cell as an argument, and nothing from globals. How a program becomes
 * a component is the toolchain's business.
 *
 *     export async function main(cell: Cell): Promise<number> {
 *       using connection = connectHost(cell);
 *       using membrane = connection.bootstrap(Membrane(WetwareSession));
 *       using graft = membrane.graft(null);
 *       const { response } = await graft.session.extension.executor.echo("hello");
 *       await cell.stdout.write(encodeText(response));
 *       return 0;
 *     }
 *
 * @module
 */
export { attend } from "./process.ts";
export type { Cell, SandboxCell } from "./cell.ts";
export { connectHost } from "./connect-host.ts";
