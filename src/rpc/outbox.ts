/** Frames that leave together: what is sent in one turn, and what nobody waits for a little later. */

export interface Outbox {
  push(frame: Uint8Array, urgent: boolean): void;
  /** What has not left yet; it does not leave by itself any more. */
  take(): Uint8Array[];
}

/** @param flush told when what is there should leave; takes it with `take` */
export function createOutbox(flush: () => void): Outbox {
  let frames: Uint8Array[] = [];
  let urgent = false;
  let planned = false;

  const leave = (): void => {
    if (frames.length > 0) flush();
  };
  const leaveUrgently = (): void => {
    urgent = false;
    leave();
  };
  const leaveLater = (): void => {
    planned = false;
    leave();
  };
  return {
    push(frame, isUrgent) {
      frames.push(frame);
      if (isUrgent) {
        if (!urgent) queueMicrotask(leaveUrgently);
        urgent = true;
      } else if (!planned) {
        planned = true;
        wait(leaveLater);
      }
    },
    take() {
      const taken = frames;
      frames = [];
      return taken;
    },
  };
}

/** How long what nobody waits for may stay: a program that was told something mostly asks again before. */
const PATIENCE_MS = 5;

/** Engines without timers have microtasks. */
function wait(then: () => void): void {
  if (typeof setTimeout === "function") setTimeout(then, PATIENCE_MS);
  else waitTurns(8, then);
}

function waitTurns(turns: number, then: () => void): void {
  queueMicrotask(turns > 1 ? () => waitTurns(turns - 1, then) : then);
}
