/** The output of a program on the terminal, in turns so short that the page goes on beside it. */
import type { Terminal } from "@xterm/xterm";
import { createScreenFilter } from "#base";

export interface ScreenOutput {
  /**
   * Shows what comes up to the end; several are shown as one terminal shows what several programs write. Rejects with what
   * the iterable throws, when all before that can be seen.
   */
  show(pieces: AsyncIterable<Uint8Array>): Promise<void>;
  /** From here on, what comes is read and not shown. */
  discard(): void;
}

/** What xterm.js is given to do at once, in the filter's measure: about 5 ms. */
const COST_OF_TURN = 50_000;

export function createScreenOutput(
  terminal: Pick<Terminal, "cols" | "rows" | "write">,
): ScreenOutput {
  const filter = createScreenFilter(() => ({ columns: terminal.cols, rows: terminal.rows }));
  let isDiscarded = false;
  let writing: Promise<void> = Promise.resolve();

  // xterm.js ends its turn before what is written in the callback.
  const takeTurn = (text: string): Promise<void> =>
    new Promise((resolve) => terminal.write(text, resolve));
  const write = async (output: string): Promise<void> => {
    let text = "";
    let cost = 0;
    for (const piece of filter.take(output)) {
      text += piece.text;
      cost += piece.cost;
      if (cost < COST_OF_TURN) continue;
      await takeTurn(text);
      // Nothing is given to the filter again.
      if (isDiscarded) return;
      [text, cost] = ["", 0];
    }
    if (text !== "") await takeTurn(text);
  };

  return {
    async show(pieces) {
      const decoder = new TextDecoder();
      for await (const piece of pieces) {
        const output = decoder.decode(piece, { stream: true });
        writing = writing.then(() => (isDiscarded ? undefined : write(output)));
        await writing;
      }
    },
    discard() {
      isDiscarded = true;
    },
  };
}
