/** Keeps a long computation from blocking its thread. */

/**
 * A function that gives the event loop a turn once in `every` calls; a call may count as several, by its `steps`.
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

/** Captured at load: a sealed worker has none. An engine without `MessageChannel` has no other tasks either. */
const Channel = typeof MessageChannel === "function" ? MessageChannel : undefined;
/** One for each thread: creating a channel takes as long as several turns. */
let channel: MessageChannel | undefined;
const waiting: (() => void)[] = [];
/** Only in Node, which handles all messages of a port before any other task. */
declare const setImmediate: ((then: () => void) => unknown) | undefined;

/** Resolves after the tasks that are queued now. Not a timer: browsers clamp nested timers to 4 ms. */
export function takeTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") return void setImmediate(resolve);
    if (Channel === undefined) return resolve();
    waiting.push(resolve);
    channel ??= openChannel(Channel);
    channel.port2.postMessage(undefined);
  });
}

function openChannel(Made: typeof MessageChannel): MessageChannel {
  const opened = new Made();
  opened.port1.addEventListener("message", () => waiting.shift()?.());
  opened.port1.start();
  return opened;
}
