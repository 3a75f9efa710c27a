/** The processes of a sandbox as capabilities. @see capnp/common/sandbox.capnp Spawner SandboxProcess */
import { Exception } from "#base";
import { serve } from "#capnp";
import type { Init } from "#capnp";
import { serveSink, serveSource } from "#caps";
import { ByteStream, SandboxProcess } from "#schema";
import type { ByteStreamServer, Exit, SandboxProcessServer, SpawnerServer, Stdio } from "#schema";
import type { MergedOutput } from "./merged-output.ts";
import type { ProcessExit, ProcessStarter, ProcessStreams, StartedProcess } from "./process.ts";
import { endLines } from "./terminal.ts";

/** @param streams the streams that processes inherit; `undefined` for the owner, who has none */
export function serveSpawner(
  starter: ProcessStarter,
  streams: ProcessStreams | undefined,
): SpawnerServer {
  return {
    async spawn(command, { signal }) {
      const process = await starter.start(command, streams, signal);
      return { process: serve(SandboxProcess, serveProcess(process)), pid: process.pid };
    },
    port: (port) => ({ handler: starter.openPort(port) }),
  };
}

function serveProcess(process: StartedProcess): SandboxProcessServer {
  const { streams, command, ownTerminal } = process;
  const isPiped = (stdio: Stdio): boolean => ownTerminal !== undefined || stdio === "piped";
  // One server for each stream, however often it is requested, so that reads keep their order.
  const stdin = isPiped(command.stdin) ? serveInput(process) : refuseStream("stdin");
  const stdout = isPiped(command.stdout)
    ? serveOutput(streams.stdout, ownTerminal !== undefined)
    : refuseStream("stdout");
  const stderr = isPiped(command.stderr)
    ? serveOutput(ownTerminal === undefined ? streams.stderr : undefined, false)
    : refuseStream("stderr");
  return {
    stdin: () => ({ stream: serve(ByteStream, stdin) }),
    stdout: () => ({ stream: serve(ByteStream, stdout) }),
    stderr: () => ({ stream: serve(ByteStream, stderr) }),
    wait: async () => ({ exit: toExit(await process.exited) }),
    signal: (signal) => process.signal(signal),
    resize({ columns, rows }) {
      if (ownTerminal === undefined) {
        throw new Exception("failed", "Cannot resize: the process has no terminal of its own");
      }
      ownTerminal.resize({ columns, rows });
    },
    bootstrap: () => ({ cap: process.bootstrap() }),
  };
}

function serveInput({ streams: { stdin }, ownTerminal }: StartedProcess): ByteStreamServer {
  if (stdin === undefined) return refuseStream("stdin");
  if (ownTerminal === undefined) return serveSink(stdin);
  // Not in turns: an interrupt must not wait for input that was typed before it.
  return {
    read: refuseRead,
    write: (data, { signal }) => ownTerminal.type(data.slice(), { signal }),
    close: () => stdin.close(),
  };
}

function refuseRead(): never {
  throw new Exception("failed", "Cannot read: the stream is write-only");
}

function serveOutput(output: MergedOutput | undefined, isTerminal: boolean): ByteStreamServer {
  if (output === undefined) return serveSource(NO_OUTPUT);
  if (!isTerminal) return serveSource(output);
  const convert = endLines();
  let rest: Uint8Array = NONE;
  return serveSource({
    async read(limitBytes, options) {
      if (rest.length === 0) {
        const bytes = await output.read(limitBytes, options);
        if (bytes === undefined) return undefined;
        rest = convert(bytes);
      }
      const piece = rest.subarray(0, limitBytes);
      rest = rest.subarray(piece.length);
      return piece;
    },
    [Symbol.dispose]: () => output[Symbol.dispose](),
  });
}

function refuseStream(name: string): ByteStreamServer {
  const refuse = (): never => {
    throw new Exception("failed", `The process's ${name} is not piped`);
  };
  return { read: refuse, write: refuse, close: refuse };
}

function toExit(exit: ProcessExit): Init<Exit> {
  switch (exit.type) {
    case "code":
      return { which: "code", code: exit.code };
    case "signal":
      return { which: "signal", signal: exit.signal };
    case "trap":
      return { which: "trap", trap: exit.message };
    default:
      return exit satisfies never;
  }
}

const NONE = new Uint8Array(0);
const NO_OUTPUT = { read: () => Promise.resolve(undefined), [Symbol.dispose]() {} };
