/**
 * Keeps a thread awake briefly after it has sent something small, since the answer may come soon.
 *
 * Waking a sleeping thread takes longer than a whole call between two running threads, and costs the waking thread time
 * as well. So the thread posts messages to itself for a few turns of its event loop; other tasks run in between.
 */
import { createAdaptiveSpin } from "./adaptive-spin.ts";

/** They take about 50 µs. */
const ROUNDS = 16;
/** The size of one or two calls or answers. */
const SHORT_BYTES = 1024;
/** After this much data at once, the next takes longer to arrive than waking up, and its senders need the processor. */
const BULK_BYTES = 16 * 1024;

export interface StayAwake extends Disposable {
  /** To be called after sending; if little was sent, an answer may come soon. */
  sent(bytes: number): void;
  /** To be called when bytes arrive; after many at once, sending does not keep the thread awake. */
  arrived(bytes: number): void;
}

export function createStayAwake(): StayAwake {
  const spin = createAdaptiveSpin();
  const { port1, port2 } = new MessageChannel();
  let isAwake = false;
  let left = 0;
  let lastBytes = 0;

  const goOn = (): void => {
    isAwake = left > 0;
    if (isAwake) port2.postMessage(left);
  };
  port1.onmessage = () => {
    if (left > 0 && --left === 0) spin.record(false);
    goOn();
  };
  return {
    sent(bytes) {
      if (bytes > SHORT_BYTES || lastBytes >= BULK_BYTES) return;
      left = left > 0 ? ROUNDS : spin.polls(ROUNDS);
      if (!isAwake) goOn();
    },
    arrived(bytes) {
      lastBytes = bytes;
      if (left > 0) spin.record(true);
      left = 0;
    },
    [Symbol.dispose]() {
      port1.close();
    },
  };
}
