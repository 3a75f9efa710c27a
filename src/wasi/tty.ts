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

/** The terminal, as the cell's host has it. Nothing of it waits but what `subscribe` gives. */
export interface TtyPower {
  size(): TtySize | undefined;
  /** @returns whether the terminal does it */
  setMode(mode: TtyMode): boolean;
  /** Ready when an event waits. Who calls it takes interrupts as events from then on. */
  subscribe(): Awaited;
  nextEvent(): TtyEvent | undefined;
}

/** What never becomes ready. */
const NOTHING: Awaited = {
  ready: false,
  wait: ({ signal } = {}) =>
    new Promise((_, reject) => {
      if (signal?.aborted === true) reject(signal.reason);
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
    }),
};

/** @param power undefined where there is no terminal */
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
