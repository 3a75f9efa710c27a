/** Chooses which thread starts the workers of cells: the kernel's, or the page's. */
import { serveWorkers } from "#cell";
import type { CellWorkers } from "#kernel";

/**
 * The kernel starts them where it can: a message to its own worker arrives 2 ms earlier than one over a port, and the page
 * has no work. In Firefox, a worker that starts workers can hang (`src/cell/remote-workers.ts`), so the page does it there.
 *
 * @param script URL of the script of cells
 */
export function chooseWorkers(script: string, userAgent: string): CellWorkers {
  if (!/\bFirefox\//.test(userAgent)) return { startedBy: "kernel", script };
  const spawn = (): Worker => new Worker(script, { type: "module" });
  return { startedBy: "page", serve: (port) => serveWorkers(port, spawn) };
}
