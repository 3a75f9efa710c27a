/** Writes a program's output to the terminal in short turns, so that the page stays responsive. */
import type { Terminal } from "@xterm/xterm";
import { createScreenFilter } from "#base";

export interface ScreenOutput {
  /**
   * Shows output until its end. Concurrent outputs are interleaved, as on one terminal. Rejects with the iterable's
   * error, after showing all earlier output.
   */
  show(pieces: AsyncIterable<Uint8Array>): Promise<void>;
  /** Reads further output without showing it. */
  discard(): void;
}

/** Work given to xterm.js at once, by the filter's measure: about 5 ms. */
const COST_OF_TURN = 50_000;

export function createScreenOutput(
  terminal: Pick<Terminal, "cols" | "rows" | "write">,
): ScreenOutput {
  const filter = createScreenFilter(() => ({ columns: terminal.cols, rows: terminal.rows }));
  let isDiscarded = false;
  let writing: Promise<void> = Promise.resolve();

  // Writing from the callback starts a new turn of xterm.js.
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
      // Discarded output skips the filter as well.
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
