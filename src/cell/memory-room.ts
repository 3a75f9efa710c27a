/** Counts WebAssembly memories: an engine reserves some 10 GiB of address space for each. */
import { Exception } from "#base";
import type { Cell } from "./cell.ts";

/**
 * A Chromium renderer has address space for some 124 memories. Instantiating one more fails with an error that speaks of
 * memory, even if plenty of memory is free.
 */
const MEMORIES = 120;

export interface MemoryRoom {
  /**
   * Starts a cell, and counts its memories until it has exited.
   *
   * @throws {Exception} `overloaded` when there is no room for its memories
   */
  start<C extends Pick<Cell, "exited">>(memories: number, start: () => C): C;
}

/** Create one for all cells of a tab. */
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
