/** What tells a program that a person reads and types. @see wasi:cli/terminal-stdout */

/** Neither can be asked anything: that there is one is all a program learns, as from `isatty`. */
class TerminalInput {
  [Symbol.dispose](): void {}
}

class TerminalOutput {
  [Symbol.dispose](): void {}
}

/** The interfaces of `wasi:cli/terminal-*`; `present` when stdio is a terminal. */
export function createTerminal(
  present: boolean,
): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const getOutput = (): TerminalOutput | undefined => (present ? new TerminalOutput() : undefined);
  return {
    "wasi:cli/terminal-input": { TerminalInput },
    "wasi:cli/terminal-output": { TerminalOutput },
    "wasi:cli/terminal-stdin": {
      getTerminalStdin: () => (present ? new TerminalInput() : undefined),
    },
    "wasi:cli/terminal-stdout": { getTerminalStdout: getOutput },
    "wasi:cli/terminal-stderr": { getTerminalStderr: getOutput },
  };
}
