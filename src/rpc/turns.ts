/** Turns of the event loop. Engines without any have microtasks only. */

/** One for the thread: making one takes as long as a hundred messages. */
let shared: MessageChannel | undefined;
let asked: (() => void)[] = [];

/** Calls back when the turn is over, which may have been the last before others get theirs. @returns false where there are no turns */
export function afterTurn(then: () => void): boolean {
  if (typeof MessageChannel !== "function") return nextTurn(then);
  if (asked.push(then) > 1) return true;
  shared ??= new MessageChannel();
  const { port1, port2 } = shared;
  port1.onmessage = () => {
    // Where nobody listens, a program may end.
    port1.onmessage = null;
    const all = asked;
    asked = [];
    for (const tell of all) tell();
  };
  port2.postMessage(undefined);
  return true;
}

/** Calls back when everybody else has had a turn. @returns false where there are no turns */
export function nextTurn(then: () => void): boolean {
  if (typeof MessageChannel === "function") {
    // Not a timer: browsers make those wait 4 ms. And one of its own: Node drains a port before it looks at anything else.
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
 * Calls back after a while. @returns how to take that back
 *
 * @param turns how many microtasks stand for the while where there are no timers; 0 for never
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
