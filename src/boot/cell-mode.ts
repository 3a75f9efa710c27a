/** Reads the mode of cells from the page's address, `?cells=jspi`, for tests and comparison. */
import type { CellMode } from "#base";

/** `undefined` when the parameter is missing or unknown; the kernel then chooses. */
export function readMode(search: URLSearchParams): CellMode | undefined {
  const wanted = search.get("cells");
  return wanted === "jspi" || wanted === "shared-memory" ? wanted : undefined;
}
