/** The pollables of a stream: by specification its children, which must be dropped before it. */
import { Pollable } from "./poll.ts";
import type { Awaited } from "./waits.ts";
import { trap } from "./trap.ts";
import type { Waits } from "./waits.ts";

export interface Children {
  subscribe(awaited: Awaited, waits: Waits): Pollable;
  /** To be called when the stream is dropped: traps if the guest still has one of its pollables. */
  requireNone(stream: string): void;
}

export function createChildren(): Children {
  let count = 0;
  return {
    subscribe(awaited, waits) {
      count++;
      return new Pollable(awaited, waits, () => void count--);
    },
    requireNone(stream) {
      if (count > 0) trap(`wasi:io/streams: an ${stream} was dropped before its pollables`);
    },
  };
}
