/** Turns of the event loop, for engines with and without one. */

/** One channel for the thread: creating one takes as long as a hundred messages. */
let shared: MessageChannel | undefined;
let callbacks: (() => void)[] = [];

/**
 * Calls back after the current turn, perhaps before other tasks run. @returns false where the engine has no event
 * loop
 */
export function afterTurn(then: () => void): boolean {
  if (typeof MessageChannel !== "function") return nextTurn(then);
  if (callbacks.push(then) > 1) return true;
  shared ??= new MessageChannel();
  const { port1, port2 } = shared;
  port1.onmessage = () => {
    // Removing the handler lets a Node process exit.
    port1.onmessage = null;
    const all = callbacks;
    callbacks = [];
    for (const notify of all) notify();
  };
  port2.postMessage(undefined);
  return true;
}

/** Calls back after the other tasks that are queued. @returns false where the engine has no event loop */
export function nextTurn(then: () => void): boolean {
  if (typeof MessageChannel === "function") {
    // Browsers delay timers by 4 ms. A channel of its own, since Node drains a port before it runs other tasks.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      then();
    };
    port2.postMessage(undefined);
    return true;
  }
  if (typeof setTimeout !== "function") return false;
  setTimeout(then, 0);
  return true;
}

/**
 * Calls back after `ms`. @returns cancels the callback
 *
 * @param turns how many microtasks to wait in engines without timers; 0 for never
 */
export function afterMs(ms: number, then: () => void, turns = 0): () => void {
  if (typeof setTimeout === "function") {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  }
  let open = true;
  const wait = (left: number): void => {
    if (!open) return;
    if (left === 0) then();
    else queueMicrotask(() => wait(left - 1));
  };
  if (turns > 0) wait(turns);
  return () => void (open = false);
}
