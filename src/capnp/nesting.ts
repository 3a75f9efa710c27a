/**
 * Settling and letting go, which lead from one thing to the next, without growing the stack.
 *
 * Calls that wait for each other, tail calls, and objects that hold each other are chains as long as whoever makes them
 * likes, a peer above all. Each step begins with `enter` and ends with `leave`; beyond a depth, `enter` says no, and what
 * is postponed runs when the outermost step has ended.
 */
const DEPTH = 32;

let depth = 0;
let postponed: (() => void)[] = [];

/** Whether the next step may be taken now; it then ends with `leave`. Otherwise it must be postponed. */
export function enter(): boolean {
  if (depth >= DEPTH) return false;
  depth++;
  return true;
}

/** Runs it when the outermost step has ended. It must not throw. */
export function postpone(step: () => void): void {
  postponed.push(step);
}

export function leave(): void {
  if (depth > 1 || postponed.length === 0) {
    depth--;
    return;
  }
  try {
    // Steps are added while they run.
    for (const step of postponed) step();
  } finally {
    postponed = [];
    depth--;
  }
}
