/** Keeps a long computation from holding up its thread. */

/**
 * A function that lets the event loop take a turn, once in `every` calls; a call may count for several, by its `steps`.
 *
 * Promises that are settled already give way to nobody: a loop that awaits only such ones stops clicks, timers and signals.
 */
export function createTurns(every: number): (steps?: number) => Promise<void> | undefined {
  let sum = 0;
  return (steps = 1) => {
    sum += steps;
    if (sum < every) return undefined;
    sum = 0;
    return takeTurn();
  };
}

/** Resolves when what waits in the event loop has had its turn. A timer would wait for 4 ms after the fifth. */
export function takeTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
