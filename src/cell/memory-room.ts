/** How many memories of WebAssembly there is room for: an engine keeps some 10 GiB of addresses for each. */
import { Exception } from "#base";
import type { Cell } from "./cell.ts";

/**
 * Chromium's renderers have addresses for some 124 in all. An instance that finds none fails with words about memory, which
 * there may be a lot of.
 */
const MEMORIES = 120;

export interface MemoryRoom {
  /**
   * Starts a cell that has so many memories, until it has exited.
   *
   * @throws {Exception} `overloaded` when there is no room for them
   */
  start<C extends Pick<Cell, "exited">>(memories: number, start: () => C): C;
}

/** One for all cells of a tab. */
export function createMemoryRoom(limit: number = MEMORIES): MemoryRoom {
  let taken = 0;
  return {
    start(memories, start) {
      if (taken + memories > limit) {
        const state = `this browser has room for ${limit} memories of programs, and ${taken} are in use`;
        throw new Exception("overloaded", `Cannot start process: ${state}; end some first`);
      }
      const cell = start();
      taken += memories;
      void cell.exited.then(() => (taken -= memories)); // never rejects
      return cell;
    },
  };
}
