/** The pipes between a host and its cell, by the way that the cell waits. */
import type { CellPowers } from "./cell-scope.ts";
import type { CellLines, HostLines, LineOptions, PostedLines } from "./lines.ts";
import type { CellMode, TreeEntry } from "#base";
import { joinPortLines, openPortLines } from "./port-lines.ts";
import { joinSharedLines, openSharedLines } from "./shared-lines.ts";

/** The host's ends, and what the cell makes its own of. */
export function openLines(mode: CellMode, options: LineOptions): HostLines {
  return mode === "shared-memory" ? openSharedLines(options) : openPortLines(options);
}

/** The cell's ends. @param indexes of the trees that the lines were opened with */
export function joinLines(
  posted: PostedLines,
  indexes: readonly ReadonlyMap<string, TreeEntry>[],
  powers: CellPowers,
): CellLines {
  return posted.type === "memory"
    ? joinSharedLines(posted, indexes, powers)
    : joinPortLines(posted, indexes, powers);
}
