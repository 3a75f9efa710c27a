/** What tells a program that a person reads and types. @see wasi:cli/terminal-stdout */
import type { TerminalUse } from "#base";

/** Neither can be asked anything: that there is one is all a program learns, as from `isatty`. */
class TerminalInput {
  [Symbol.dispose](): void {}
}

class TerminalOutput {
  [Symbol.dispose](): void {}
}

/** The interfaces of `wasi:cli/terminal-*`, for the streams that are a terminal. */
export function createTerminal(
  use: TerminalUse,
): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const getOutput = (): TerminalOutput | undefined =>
    use === false ? undefined : new TerminalOutput();
  return {
    "wasi:cli/terminal-input": { TerminalInput },
    "wasi:cli/terminal-output": { TerminalOutput },
    "wasi:cli/terminal-stdin": {
      getTerminalStdin: () => (use === true ? new TerminalInput() : undefined),
    },
    "wasi:cli/terminal-stdout": { getTerminalStdout: getOutput },
    "wasi:cli/terminal-stderr": { getTerminalStderr: getOutput },
  };
}
