/** Chooses how guests wait: by blocking on shared memory, or by suspending the stack (JSPI). */
import { Exception } from "#base";
import type { CellMode } from "#base";

/** The features of a scope that decide the mode. */
export interface ModeScope {
  readonly crossOriginIsolated?: boolean;
  readonly Atomics?: object;
  readonly WebAssembly: object;
}

/**
 * The wanted mode, or else the faster one that works here.
 *
 * @throws {Exception} `unimplemented` when the browser supports neither, or not the wanted one.
 */
export function chooseMode(scope: ModeScope, wanted?: CellMode): CellMode {
  const canShare = scope.crossOriginIsolated === true && "waitAsync" in (scope.Atomics ?? {});
  const canSuspend = "Suspending" in scope.WebAssembly;
  if (wanted !== "jspi" && canShare) return "shared-memory";
  if (wanted !== "shared-memory" && canSuspend) return "jspi";
  const missing = {
    "shared-memory":
      "this page has no shared memory: it must be served with the headers COOP and COEP",
    jspi: "this browser cannot suspend WebAssembly (JSPI)",
  };
  const why =
    wanted === undefined
      ? "this browser can neither suspend WebAssembly (JSPI) nor share memory with this page"
      : missing[wanted];
  throw new Exception(
    "unimplemented",
    `Cells cannot run here: ${why}; use a current Chromium or Firefox`,
  );
}
