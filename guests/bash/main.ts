/** The shell of sandboxes: `bash`, and every tool under whose name it is started. */
import type { SandboxCell } from "../sdk/index.ts";
import { createCellSystem } from "./cell-system.ts";
import { fromSink, fromSource } from "./open-files.ts";
import { lendGlobals } from "./globals.ts";
import { startShell } from "./start-shell.ts";
import type { System } from "./system.ts";

export async function main(cell: SandboxCell): Promise<number> {
  const { args, env, stdin, stdout, stderr } = cell;
  lendGlobals(cell.sleep);
  const [isInput, isOutput, isError] = cell.isTerminal;
  const status = await startShell({
    system: createCellSystem(cell, toStart(cell)),
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

/** Starts programs; what is needed for it is loaded, and connected, with the first one. */
function toStart(cell: SandboxCell): NonNullable<System["start"]> {
  const load = async () => {
    const { connectSpawner, spawn } = await import("./spawner.ts");
    const spawner = await connectSpawner(cell);
    return async (command: Parameters<typeof spawn>[1]) => await spawn(spawner, command);
  };
  let loaded: ReturnType<typeof load> | undefined;
  return async (command) => await (await (loaded ??= load()))(command);
}
