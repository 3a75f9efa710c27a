/** Opens the pipes between a host and its cell, by the cell's mode. */
import type { CellPowers } from "./cell-scope.ts";
import type { CellPipes, HostPipes, PipeOptions, PostedPipes } from "./pipes.ts";
import type { CellMode, TreeEntry } from "#base";
import { joinPortPipes, openPortPipes } from "./port-pipes.ts";
import { joinSharedPipes, openSharedPipes } from "./shared-pipes.ts";

/** Opens the host's ends; the result also has the far ends to post. */
export function openPipes(mode: CellMode, options: PipeOptions): HostPipes {
  return mode === "shared-memory" ? openSharedPipes(options) : openPortPipes(options);
}

/** Opens the cell's ends. @param indexes of the trees that the pipes were opened with, in the same order */
export function joinPipes(
  posted: PostedPipes,
  indexes: readonly ReadonlyMap<string, TreeEntry>[],
  powers: CellPowers,
): CellPipes {
  return posted.type === "memory"
    ? joinSharedPipes(posted, indexes, powers)
    : joinPortPipes(posted, indexes, powers);
}
