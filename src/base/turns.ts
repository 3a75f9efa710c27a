/** Keeps a long computation from holding up its thread. */

/**
 * A function that lets the event loop take a turn, once in `every` calls; a call may count for several, by its `steps`.
 *
 * Awaiting settled promises never yields to the event loop: a loop that awaits only those blocks clicks, timers and signals.
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

/** Resolves after the tasks that are queued now. Not a timer: browsers clamp nested timers to 4 ms. */
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
