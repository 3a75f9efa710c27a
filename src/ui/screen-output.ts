/** The output of a program on the terminal, in turns so short that the page goes on beside it. */
import type { Terminal } from "@xterm/xterm";
import { createScreenFilter } from "#base";
import type { ByteSource } from "#base";

export interface ScreenOutput {
  /** Shows what comes until the source ends; several are shown as one terminal shows what several programs write. */
  show(source: ByteSource): Promise<void>;
  /** From here on, what comes is read and not shown. */
  discard(): void;
}

const PIECE_BYTES = 64 * 1024;
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
    async show(source) {
      const decoder = new TextDecoder();
      try {
        for (;;) {
          const bytes = await source.read(PIECE_BYTES);
          if (bytes === undefined) return;
          const output = decoder.decode(bytes, { stream: true });
          writing = writing.then(() => (isDiscarded ? undefined : write(output)));
          await writing;
        }
      } catch {
        // The process was ended in the middle of its output; what it wrote is shown.
      }
    },
    discard() {
      isDiscarded = true;
    },
  };
}
