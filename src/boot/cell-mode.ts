/** The way in which cells are to wait, from the page's address: `?cells=jspi`, for tests and for comparison. */
import type { CellMode } from "#base";

/** `undefined` when nothing, or nothing known, is asked for: the kernel then takes the best there is. */
export function readMode(search: URLSearchParams): CellMode | undefined {
  const wanted = search.get("cells");
  return wanted === "jspi" || wanted === "shared-memory" ? wanted : undefined;
}
