/** The terminal of a sandbox's program. @see wit/deps/tty.wit */
import type { Waiting } from "#base";
import type { Host } from "./host.ts";
import type { SandboxFunction } from "./host-imports.ts";
import type { PollLoop } from "./poll-loop.ts";

export type SandboxTerminalEvent =
  | { readonly type: "resized"; readonly columns: number; readonly rows: number }
  | { readonly type: "interrupted" };

export interface SandboxTerminal {
  /** In letters; undefined if it has none. */
  size(): { readonly columns: number; readonly rows: number } | undefined;
  /** @returns whether the terminal does it */
  setMode(mode: "cooked" | "raw"): boolean;
  /** Waits for the next one. Who has called it once is interrupted by events alone. */
  nextEvent(options?: Waiting): Promise<SandboxTerminalEvent>;
}

type Calls = Readonly<Record<SandboxFunction, (...args: number[]) => number>>;

export function createSandboxTerminal(host: Host, calls: Calls, loop: PollLoop): SandboxTerminal {
  const { resultAt } = host;
  let pollable: number | undefined;
  const take = (): SandboxTerminalEvent | undefined => {
    calls.ttyNextEvent(resultAt);
    if (host.u8(0) === 0) return undefined;
    if (host.u8(2) !== 0) return { type: "interrupted" };
    return { type: "resized", columns: host.u32(4) & 0xffff, rows: host.u32(4) >>> 16 };
  };
  return {
    size() {
      calls.ttySize(resultAt);
      if (host.u8(0) === 0) return undefined;
      return { columns: host.u32(0) >>> 16, rows: host.u32(4) & 0xffff };
    },
    setMode: (mode) => calls.ttySetMode(mode === "raw" ? 1 : 0) === 0,
    async nextEvent(options) {
      pollable ??= calls.ttySubscribe();
      for (;;) {
        options?.signal?.throwIfAborted();
        const event = take();
        if (event !== undefined) return event;
        await loop.wait(pollable, options);
      }
    },
  };
}
