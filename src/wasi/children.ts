/** The pollables of a stream: by specification its children, which go before it does. */
import { Pollable } from "./poll.ts";
import type { Awaited } from "./waits.ts";
import { trap } from "./trap.ts";
import type { Waits } from "./waits.ts";

export interface Children {
  subscribe(awaited: Awaited, waits: Waits): Pollable;
  /** To be called when the stream is dropped: a guest that still has one of its pollables ends there. */
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
