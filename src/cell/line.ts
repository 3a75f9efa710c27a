/** One pipe between host and cell: a duplex on this side, a port to hand over for the other. */
import { openPortDuplex } from "#base";
import type { Duplex } from "#base";

export interface Line {
  readonly duplex: Duplex;
  /** To be posted to the worker. */
  readonly far: MessagePort;
  /** Resolves when the last byte of both directions is here, or `gone` fired. */
  readonly finished: Promise<void>;
}

/** @param gone fires when the worker is no more: the pipe then ends where it stands */
export function openLine(gone: AbortSignal): Line {
  const { port1, port2 } = new MessageChannel();
  const { promise: finished, resolve } = Promise.withResolvers<void>();
  const close = port1.close.bind(port1);
  // The duplex closes its port when both directions have ended, and only then.
  port1.close = () => {
    close();
    resolve();
  };
  return { duplex: openPortDuplex(port1, undefined, gone), far: port2, finished };
}
