/** The standard streams of a sandbox's process: each is its own, its parent's, or absent. */
import type { ByteSource, Terminals } from "#base";
import type { Command, Stdio } from "#schema";
import { createMergedOutput } from "./merged-output.ts";
import type { MergedOutput } from "./merged-output.ts";
import { SIGNALS } from "./process.ts";
import type { ProcessStreams, StartedProcess } from "./process.ts";
import { createSharedInput } from "./shared-input.ts";
import { createTerminal } from "./terminal.ts";

const DRAIN_BYTES = 64 * 1024;

/** Opens the streams of a process before its start. @param parent streams that it may inherit */
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

/** Which streams of the process lead to a terminal. */
export function toTerminals(
  command: Command,
  { terminal, stdout, stderr }: ProcessStreams,
): Terminals {
  const isOwn = command.terminal.columns > 0;
  const leads = (stdio: Stdio): boolean =>
    terminal !== undefined && (isOwn || stdio === "inherited");
  // A terminal for both outputs is announced only if they lead to the same stream.
  const isOne = stdout === stderr;
  return {
    stdin: leads(command.stdin),
    stdout: leads(command.stdout),
    stderr: leads(command.stderr) && isOne,
  };
}

/** Adds a process's output to a stream, or discards it if there is none. Takes ownership of the source. */
export function passOutput(source: ByteSource, output: MergedOutput | undefined): void {
  if (output === undefined) void drain(source);
  else output.add(source);
}

/** Reads and discards output, so that the process does not stall on a full pipe. Never rejects. */
async function drain(source: ByteSource): Promise<void> {
  try {
    while ((await source.read(DRAIN_BYTES)) !== undefined);
  } catch {
    // The process was killed.
  }
}
