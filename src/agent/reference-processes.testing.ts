/** `Spawner` over processes of the computer, for tests. A terminal is a small program of its own, since Node has none. */
import { spawn } from "node:child_process";
import { servePieces } from "#caps";
import { createPipe, encodeText, Exception } from "#base";
import { AnyClient, serve } from "#capnp";
import { ByteStream, SandboxProcess } from "#schema";
import type {
  ByteStreamServer,
  Command,
  Exit,
  SandboxProcessServer,
  SpawnerServer,
  TerminalSize,
} from "#schema";

export interface ReferenceProcesses extends AsyncDisposable {
  readonly server: SpawnerServer;
  /** Those that live, by pid. */
  readonly live: ReadonlyMap<number, Promise<Exit>>;
}

const SIGNALS: Readonly<Record<number, NodeJS.Signals>> = {
  2: "SIGINT",
  9: "SIGKILL",
  15: "SIGTERM",
};
const NUMBERS: Readonly<Record<string, number>> = { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

export function createReferenceProcesses(
  toHost: (path: string) => Promise<string>,
): ReferenceProcesses {
  const live = new Map<number, Promise<Exit>>();
  const terminals = new Set<(exit: Exit) => void>();
  let lastTerminal = 5_000_000;
  const server: SpawnerServer = {
    async spawn(command) {
      if (command.label.length > 100 || /\p{Cc}|\p{Cf}/u.test(command.label)) {
        fail("a label is one line of at most 100 characters");
      }
      if (command.terminal.columns > 0) {
        const pid = ++lastTerminal;
        const { process, exited, end } = startTerminal(command.terminal);
        terminals.add(end);
        live.set(pid, exited);
        void exited.then(() => live.delete(pid));
        return { process: serve(SandboxProcess, process), pid };
      }
      const { process, pid, exited } = await startProcess(command, toHost);
      live.set(pid, exited);
      void exited.then(() => live.delete(pid));
      return { process: serve(SandboxProcess, process), pid };
    },
    port: (port) => fail(`nothing serves port ${port} of the sandbox`),
  };
  return {
    server,
    live,
    async [Symbol.asyncDispose]() {
      for (const pid of live.keys()) killGroup(pid, "SIGKILL");
      for (const end of terminals) end({ which: "signal", signal: 9 });
      await Promise.all(live.values());
    },
  };
}

async function startProcess(
  command: Command,
  toHost: (path: string) => Promise<string>,
): Promise<{ process: SandboxProcessServer; pid: number; exited: Promise<Exit> }> {
  const env = Object.fromEntries(
    command.env.map((entry) => {
      const at = entry.indexOf("=");
      return [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
  const child = spawn(command.program, [...command.args], {
    argv0: command.argv0,
    cwd: await toHost(command.cwd),
    // No shell may read what the user of this computer has it do.
    env: { ...env, HOME: await toHost(env["HOME"] ?? "") },
    detached: true,
    stdio: [command.stdin === "piped" ? "pipe" : "ignore", "pipe", "pipe"],
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", () =>
      reject(
        new Exception("failed", `Cannot start "${command.program}": there is no such program`),
      ),
    );
  });
  const pid = child.pid ?? 0;
  const exited = new Promise<Exit>((resolve) => {
    child.once("exit", (code, signal) =>
      resolve(
        signal === null
          ? { which: "code", code: code ?? 0 }
          : { which: "signal", signal: NUMBERS[signal] ?? 0 },
      ),
    );
  });
  const stdin: ByteStreamServer = {
    read: () => fail("the stream is write-only"),
    write: (data) =>
      new Promise<void>((resolve, reject) => {
        if (child.stdin === null) return fail("it has no input");
        child.stdin.write(data.slice(), (reason) => (reason ? reject(reason) : resolve()));
      }),
    close: () => void child.stdin?.end(),
  };
  child.stdin?.on("error", () => undefined); // whoever writes is told
  const stdout = serve(ByteStream, servePieces(child.stdout ?? never()));
  const stderr = serve(ByteStream, servePieces(child.stderr ?? never()));
  const process: SandboxProcessServer = {
    stdin: () => ({ stream: stdin }),
    stdout: () => ({ stream: stdout }),
    stderr: () => ({ stream: stderr }),
    wait: async () => ({ exit: await exited }),
    signal(signal) {
      const name = SIGNALS[signal];
      if (name === undefined) fail(`there is no signal ${signal}`);
      killGroup(pid, name);
    },
    resize: () => fail("it has no terminal"),
    bootstrap: () => ({ cap: serve(AnyClient, {}) }),
  };
  return { process, pid, exited };
}

/** Echoes its input; `stty size` is answered, `exit` and the signals end it. */
function startTerminal(first: TerminalSize): {
  process: SandboxProcessServer;
  exited: Promise<Exit>;
  end: (exit: Exit) => void;
} {
  let size = first;
  const { promise: exited, resolve } = Promise.withResolvers<Exit>();
  const output = createPipe(64 * 1024);
  const stdout = serve(ByteStream, servePieces(readAll(output.source)));
  let line = "";
  const print = (text: string): Promise<void> => output.sink.write(encodeText(text));
  const end = (exit: Exit): void => {
    output.sink.close();
    resolve(exit);
  };
  const stdin: ByteStreamServer = {
    read: () => fail("the stream is write-only"),
    async write(data) {
      const text = new TextDecoder().decode(data);
      await print(text.replaceAll("\n", "\r\n"));
      for (const sign of text) {
        if (sign !== "\n" && sign !== "\r") {
          line += sign;
          continue;
        }
        if (line === "stty size") await print(`${size.rows} ${size.columns}\r\n`);
        if (line === "exit") end({ which: "code", code: 0 });
        line = "";
      }
    },
    close: () => undefined,
  };
  const process: SandboxProcessServer = {
    stdin: () => ({ stream: stdin }),
    stdout: () => ({ stream: stdout }),
    stderr: () => fail("a terminal has one stream"),
    wait: async () => ({ exit: await exited }),
    signal: (signal) => end({ which: "signal", signal }),
    resize: (given) => void (size = { columns: given.columns, rows: given.rows }),
    bootstrap: () => ({ cap: serve(AnyClient, {}) }),
  };
  return { process, exited, end };
}

async function* readAll(
  source: ReturnType<typeof createPipe>["source"],
): AsyncGenerator<Uint8Array> {
  for (let bytes; (bytes = await source.read(64 * 1024)) !== undefined;) yield bytes;
}

/** With everything that it has started. */
function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    globalThis.process.kill(-pid, signal);
  } catch {
    // It has ended.
  }
}

function never(): never {
  throw new Error("A stream that was asked for is missing");
}

function fail(why: string): never {
  throw new Exception("failed", `Cannot do this: ${why}`);
}
