/** The shell of sandboxes: `bash`, and every tool under whose name it is started. */
import type { SandboxCell } from "../sdk/index.ts";
import { createCellSystem } from "./cell-system.ts";
import { fromSink, fromSource } from "./open-files.ts";
import type { Grants } from "./grants.ts";
import { lendGlobals } from "./globals.ts";
import { startShell } from "./start-shell.ts";
import type { System } from "./system.ts";

export async function main(cell: SandboxCell): Promise<number> {
  const { args, env, stdin, stdout, stderr } = cell;
  lendGlobals(cell.sleep);
  const [isInput, isOutput, isError] = cell.isTerminal;
  const status = await startShell({
    system: createCellSystem(cell, openPowers(cell)),
    argv: args.length === 0 ? ["bash"] : args,
    env,
    files: [
      fromSource(stdin, { own: 0, isTerminal: isInput, close: () => undefined }),
      fromSink(stdout, { own: 1, isTerminal: isOutput, close: () => undefined }),
      fromSink(stderr, { own: 2, isTerminal: isError, close: () => undefined }),
    ],
  });
  cell.terminal?.setMode("cooked");
  // What runs in the background ends with the shell.
  return cell.exit(status);
}

/** Programs and requests; what is needed for them is loaded, and connected, with the first one. */
function openPowers(cell: SandboxCell): Pick<System, "request"> & Required<Pick<System, "start">> {
  let opened: Promise<Grants> | undefined;
  const open = async (): Promise<Grants> => {
    const { openGrants } = await import("./grants.ts");
    return await openGrants(cell);
  };
  const grants = (): Promise<Grants> => (opened ??= open());
  return {
    async start(command) {
      const { findSpawner, spawn } = await import("./spawner.ts");
      return await spawn(findSpawner(await grants()), command);
    },
    async request(request, options) {
      const { sendRequest } = await import("./http.ts");
      return await sendRequest(await grants(), request, options);
    },
  };
}
