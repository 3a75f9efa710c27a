/** The interfaces by which a program detects a terminal. @see wasi:cli/terminal-stdout */
import { toStreams } from "#base";
import type { Terminals } from "#base";

/** These resources have no methods: a program only learns that there is a terminal, as from `isatty`. */
class TerminalInput {
  [Symbol.dispose](): void {}
}

class TerminalOutput {
  [Symbol.dispose](): void {}
}

/** The interfaces of `wasi:cli/terminal-*`. */
export function createTerminal(
  terminals: Terminals,
): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const { stdin, stdout, stderr } = toStreams(terminals);
  const getOutput = (present: boolean): TerminalOutput | undefined =>
    present ? new TerminalOutput() : undefined;
  return {
    "wasi:cli/terminal-input": { TerminalInput },
    "wasi:cli/terminal-output": { TerminalOutput },
    "wasi:cli/terminal-stdin": {
      getTerminalStdin: () => (stdin ? new TerminalInput() : undefined),
    },
    "wasi:cli/terminal-stdout": { getTerminalStdout: () => getOutput(stdout) },
    "wasi:cli/terminal-stderr": { getTerminalStderr: () => getOutput(stderr) },
  };
}
