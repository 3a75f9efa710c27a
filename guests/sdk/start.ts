/** From the driver to main and back: what toolchain/driver.wat calls. */
import { encodeText, Exception, toMessage, type ByteSink } from "#base";
import type { Cell, Main, SandboxCell, SandboxMain } from "./cell.ts";
import { readArguments, readEnvironment } from "./environment.ts";
import { openImageFiles } from "./files.ts";
import { createHost, takeNatives } from "./host.ts";
import { createPollLoop } from "./poll-loop.ts";
import type { openSandbox } from "./sandbox.ts";
import { toSink, toSource } from "./streams.ts";

/** Starts main and hands the wheel to the driver. The toolchain calls it for an entry's export `main`. */
export function start(main: Main): void;
export function start(main: SandboxMain, open: typeof openSandbox): void;
export function start(main: Main | SandboxMain, open?: typeof openSandbox): void {
  const natives = takeNatives();
  const host = createHost(natives);
  const loop = createPollLoop(host);
  const { call } = host;
  const unheard = new Map<unknown, unknown>();
  let code: number | undefined;

  const files = openImageFiles(host);
  const cell: Cell = {
    args: readArguments(host),
    env: readEnvironment(host),
    stdin: toSource(host, loop, call.getStdin()),
    stdout: toSink(host, loop, call.getStdout()),
    stderr: toSink(host, loop, call.getStderr()),
    readFile: async (path) => files.readFile(path),
    listFolder: async (path) =>
      files.listFolder(path).toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    ready: () => host.ready(),
    openConnection() {
      const connection = call.createConnection();
      const source = toSource(host, loop, call.getInput(connection));
      const sink = toSink(host, loop, call.getOutput(connection));
      call.dropConnection(connection);
      return {
        source,
        sink,
        [Symbol.dispose]() {
          source[Symbol.dispose]();
          sink[Symbol.dispose]();
        },
      };
    },
    exit(status) {
      closeOutput();
      call.exitWithCode(status & 0xff);
      throw new TypeError("Cell went on after its exit");
    },
  };

  const closeOutput = (): void => {
    cell.stdout.close();
    cell.stderr.close();
  };
  const leave = (status: number): void => {
    closeOutput();
    // Run can only answer ok or error; anything else takes the exit that does not return.
    if (status !== 0 && status !== 1) call.exitWithCode(status & 0xff);
  };
  const fail = async (reason: unknown): Promise<void> => {
    await complain(cell.stderr, describe(reason));
    code = 1;
  };

  Object.assign(globalThis, {
    host: undefined,
    /** A promise was rejected unheard, or is heard now after all. */
    rejected(promise: unknown, reason: unknown, handled: boolean) {
      if (handled) unheard.delete(promise);
      else unheard.set(promise, reason);
    },
    /** Undefined to be called again, the exit code at the end. */
    turn(): number | undefined {
      const reasons = [...unheard.values()];
      unheard.clear();
      for (const reason of reasons) void fail(reason);
      // What was just said on stderr goes out in promise jobs: no blocking before they ran.
      if (reasons.length > 0) return undefined;
      if (code !== undefined) leave(code);
      else if (!loop.turn()) void fail("Main waits for something that cannot happen any more");
      return code;
    },
  });

  // Not at once: the driver listens for unheard rejections only from the first turn on.
  void Promise.resolve(cell)
    .then((given) =>
      main(open === undefined ? (given as SandboxCell) : open(given, natives, host, loop)),
    )
    .then((status) => (code = status ?? 0), fail);
}

/** One line for what was meant to be read by a person; with the stack for what is a mistake in the program. */
function describe(reason: unknown): string {
  if (!(reason instanceof Error) || reason instanceof Exception) return toMessage(reason);
  return `${reason.name}: ${toMessage(reason)}\n${reason.stack ?? ""}`.trimEnd();
}

async function complain(stderr: ByteSink, text: string): Promise<void> {
  if (!stderr.closed) await stderr.write(encodeText(`${text}\n`)).catch(() => undefined);
}
