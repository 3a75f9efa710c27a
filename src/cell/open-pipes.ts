/** The pipes between a host and its cell, by the way that the cell waits. */
import type { CellPowers } from "./cell-scope.ts";
import type { CellPipes, HostPipes, PipeOptions, PostedPipes } from "./pipes.ts";
import type { CellMode, TreeEntry } from "#base";
import { joinPortPipes, openPortPipes } from "./port-pipes.ts";
import { joinSharedPipes, openSharedPipes } from "./shared-pipes.ts";

/** The host's ends, and what the cell makes its own of. */
export function openPipes(mode: CellMode, options: PipeOptions): HostPipes {
  return mode === "shared-memory" ? openSharedPipes(options) : openPortPipes(options);
}

/** The cell's ends. @param indexes of the trees that the pipes were opened with */
export function joinPipes(
  posted: PostedPipes,
  indexes: readonly ReadonlyMap<string, TreeEntry>[],
  powers: CellPowers,
): CellPipes {
  return posted.type === "memory"
    ? joinSharedPipes(posted, indexes, powers)
    : joinPortPipes(posted, indexes, powers);
}
