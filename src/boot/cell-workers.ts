/** Whether the kernel starts the workers of cells itself, or the page does it for the kernel. */
import { serveWorkers } from "#cell";
import type { CellWorkers } from "#kernel";

/**
 * The kernel starts them wherever it can: an order to a worker of its own arrives 2 ms earlier than one by a port, and the
 * page has nothing to do. In Firefox a worker that starts workers can stop for ever (`src/cell/remote-workers.ts`).
 *
 * @param script where the script of cells is
 */
export function chooseWorkers(script: string, userAgent: string): CellWorkers {
  if (!/\bFirefox\//.test(userAgent)) return { startedBy: "kernel", script };
  const spawn = (): Worker => new Worker(script, { type: "module" });
  return { startedBy: "page", serve: (port) => serveWorkers(port, spawn) };
}
