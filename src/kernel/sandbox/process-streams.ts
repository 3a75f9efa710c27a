/** The streams of a sandbox's process: its own, those of its parent, or none. */
import type { ByteSource, Terminals } from "#base";
import type { Command, Stdio } from "#schema";
import { createMergedOutput } from "./merged-output.ts";
import type { MergedOutput } from "./merged-output.ts";
import { SIGNALS } from "./process.ts";
import type { ProcessStreams, StartedProcess } from "./process.ts";
import { createSharedInput } from "./shared-input.ts";
import { createTerminal } from "./terminal.ts";

const DRAIN_BYTES = 64 * 1024;

/** The streams of a process that is to be started. @param parent whose it can inherit */
export function openStreams(
  { stdin, stdout, stderr, terminal: size }: Command,
  parent: ProcessStreams | undefined,
  nowMs: () => number,
): ProcessStreams {
  if (size.columns > 0) {
    const input = createSharedInput();
    const output = createMergedOutput();
    const readers = new Set<StartedProcess>();
    const interrupt = (): void => [...readers].at(-1)?.signal(SIGNALS.interrupt);
    const terminal = createTerminal(size, { input, output, interrupt, nowMs });
    return {
      stdin: input,
      stdout: output,
      stderr: output,
      terminal: Object.assign(terminal, { readers }),
      children: new Set(),
    };
  }
  return {
    stdin: choose(stdin, parent?.stdin, createSharedInput),
    stdout: choose(stdout, parent?.stdout, createMergedOutput),
    stderr: choose(stderr, parent?.stderr, createMergedOutput),
    terminal: stdin === "inherited" || stdout === "inherited" ? parent?.terminal : undefined,
    children: new Set(),
  };
}

function choose<T>(stdio: Stdio, inherited: T | undefined, create: () => T): T | undefined {
  if (stdio === "inherited") return inherited;
  return stdio === "nothing" ? undefined : create();
}

/** Which streams lead to a terminal. */
export function toTerminals(
  command: Command,
  { terminal, stdout, stderr }: ProcessStreams,
): Terminals {
  const isOwn = command.terminal.columns > 0;
  const leads = (stdio: Stdio): boolean =>
    terminal !== undefined && (isOwn || stdio === "inherited");
  // Both outputs of a process are one device only where they lead to the same.
  const isOne = stdout === stderr;
  return {
    stdin: leads(command.stdin),
    stdout: leads(command.stdout),
    stderr: leads(command.stderr) && isOne,
  };
}

/** Passes a process's output on, or away. Takes the source over. */
export function passOutput(source: ByteSource, output: MergedOutput | undefined): void {
  if (output === undefined) void drain(source);
  else output.add(source);
}

/** Reads what nobody wants, to the end. */
async function drain(source: ByteSource): Promise<void> {
  try {
    while ((await source.read(DRAIN_BYTES)) !== undefined);
  } catch {
    // It was cut off.
  }
}
