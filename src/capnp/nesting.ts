/**
 * Bounds the recursion of settling and releasing.
 *
 * Calls that wait for each other, tail calls, and objects that hold each other form chains whose length a peer
 * chooses. Each step begins with `enter` and ends with `leave`. Beyond a depth `enter` returns false, and postponed
 * steps run when the outermost step ends.
 */
const DEPTH = 32;

let depth = 0;
let postponed: (() => void)[] = [];

/** Begins a step that ends with `leave`. @returns false when the step must be postponed */
export function enter(): boolean {
  if (depth >= DEPTH) return false;
  depth++;
  return true;
}

/** Runs `step` at the end of the outermost step. It must not throw. */
export function postpone(step: () => void): void {
  postponed.push(step);
}

export function leave(): void {
  if (depth > 1 || postponed.length === 0) {
    depth--;
    return;
  }
  try {
    // Steps may postpone further steps.
    for (const step of postponed) step();
  } finally {
    postponed = [];
    depth--;
  }
}
