/** A cell with all that a program of a sandbox imports. */
import type { Cell, SandboxCell } from "./cell.ts";
import { openRoot } from "./files.ts";
import { toSandboxCalls, type Host } from "./host.ts";
import type { PollLoop } from "./poll-loop.ts";
import { createSandboxFiles } from "./sandbox-files.ts";
import { createSandboxTerminal } from "./sandbox-terminal.ts";

const NANOS_PER_MS = 1_000_000;

export function openSandbox(
  cell: Cell,
  natives: Parameters<typeof toSandboxCalls>[0],
  host: Host,
  loop: PollLoop,
): SandboxCell {
  const calls = toSandboxCalls(natives);
  if (calls === undefined) throw new TypeError("Guest was built without a sandbox's imports");
  const isThere = (ask: (at: number) => number): boolean => {
    ask(host.resultAt);
    return host.u8(0) !== 0;
  };
  const isTerminal = [
    isThere(calls.terminalStdin),
    isThere(calls.terminalStdout),
    isThere(calls.terminalStderr),
  ] as const;
  return {
    ...cell,
    files: createSandboxFiles(host, calls, () => openRoot(host)),
    async sleep(durationMs, options) {
      options?.signal?.throwIfAborted();
      const pollable = calls.subscribeDuration(Math.max(0, durationMs) * NANOS_PER_MS);
      try {
        await loop.wait(pollable, options);
      } finally {
        loop.forget(pollable);
        host.call.dropPollable(pollable);
      }
    },
    random(length) {
      calls.randomBytes(length, host.resultAt);
      return host.bytesAt(host.u32(0), host.u32(4));
    },
    isTerminal,
    ...(isTerminal[0] ? { terminal: createSandboxTerminal(host, calls, loop) } : {}),
  };
}
