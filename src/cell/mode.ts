/** The two ways in which a guest can wait, and which of them a browser has. */
import { Exception } from "#base";
import type { CellMode } from "#base";

/** The capabilities of a scope that decide the mode. */
export interface ModeScope {
  readonly crossOriginIsolated?: boolean;
  readonly Atomics?: object;
  readonly WebAssembly: object;
}

/**
 * The faster of the ways that work here, or the one that is wanted.
 *
 * @throws {Exception} `unimplemented` when the browser has neither, or not the wanted one.
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
