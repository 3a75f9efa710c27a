/** `wetware:tty/terminal`: size, mode and events of the terminal at a cell's standard input. @see wit/deps/tty.wit */
import { Pollable } from "./poll.ts";
import { refuse } from "./trap.ts";
import type { Awaited, Waits } from "./waits.ts";

export interface TtySize {
  readonly columns: number;
  readonly rows: number;
}

export type TtyMode = "cooked" | "raw";

export type TtyEvent =
  | { readonly tag: "resized"; readonly val: TtySize }
  | { readonly tag: "interrupted" };

/** The terminal of the cell's host. Only the result of `subscribe` waits. */
export interface TtyPower {
  size(): TtySize | undefined;
  /** @returns whether the terminal supports the mode */
  setMode(mode: TtyMode): boolean;
  /** Ready when there is an event. Once a program has called it, interrupts are events. */
  subscribe(): Awaited;
  nextEvent(): TtyEvent | undefined;
}

/** Never becomes ready. */
const NOTHING: Awaited = {
  ready: false,
  wait: ({ signal } = {}) =>
    new Promise((_, reject) => {
      if (signal?.aborted === true) reject(signal.reason);
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
    }),
};

/** @param power `undefined` when there is no terminal */
export function createTty(
  power: TtyPower | undefined,
  waits: Waits,
): Readonly<Record<string, unknown>> {
  return {
    size: () => power?.size(),
    setMode(mode: TtyMode): void {
      if (power?.setMode(mode) !== true) refuse(undefined);
    },
    subscribe: () => new Pollable(power?.subscribe() ?? NOTHING, waits),
    nextEvent: () => power?.nextEvent(),
  };
}
