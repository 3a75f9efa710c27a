/** A spawner that plays programs: for what the shell does with one, where no kernel is. */
import {
  concatBytes,
  createPipe,
  decodeText,
  encodeText,
  type ByteSink,
  type ByteSource,
} from "#base";
import { AnyClient, isNull, serve } from "#capnp";
import {
  ByteStream,
  HttpHandler,
  SandboxProcess,
  type ByteStreamServer,
  type Exit,
  type HttpHandlerServer,
  type SandboxProcessServer,
  type SpawnerServer,
} from "#schema";

export type Spawned = Parameters<SpawnerServer["spawn"]>[0];

/** What a program does with its three streams, until its end. */
export type Play = (
  command: Spawned,
  streams: { readonly stdin: ByteSource; readonly stdout: ByteSink; readonly stderr: ByteSink },
) => Promise<Exit>;

const PIPE_BYTES = 1024;
/** That something serves. */
const SERVED_PORT = 8000;

/** @param plays by the name of the program's file */
export function createPlayedSpawner(
  plays: Readonly<Record<string, Play>>,
): SpawnerServer & { readonly spawned: Spawned[]; readonly signals: number[] } {
  const spawned: Spawned[] = [];
  const signals: number[] = [];
  return {
    spawned,
    signals,
    spawn(command) {
      spawned.push(command);
      const play = plays[command.program.slice(command.program.lastIndexOf("/") + 1)];
      if (play === undefined) throw new TypeError("There is no such program");
      return { process: serve(SandboxProcess, createProcess(command, play, signals)), pid: 7 };
    },
    port(port) {
      if (port !== SERVED_PORT) throw new TypeError(`Nothing serves port ${port} of the sandbox`);
      return { handler: serve(HttpHandler, createHandler()) };
    },
  };
}

/** Says what it was asked, in two parts; at the path "/never", nothing. */
function createHandler(): HttpHandlerServer {
  return {
    async handle({ method, path, authority, headers, body }) {
      if (path === "/never") await new Promise(() => {});
      const { data } = isNull(body) ? { data: new Uint8Array(0) } : await body.read(100);
      const rest = createPipe(PIPE_BYTES);
      const said = headers.map(({ name, value }) => `${name}=${value}`).join();
      await rest.sink.write(encodeText(` ${said} ${decodeText(data)}\n`));
      rest.sink.close();
      return {
        response: {
          status: 200,
          content: encodeText(`${method} ${path} of ${authority}`),
          body: serve(ByteStream, readable(rest.source)),
        },
      };
    },
    upgrade: () => ({ response: { status: 501 }, outgoing: null }),
  };
}

function createProcess(command: Spawned, play: Play, signals: number[]): SandboxProcessServer {
  const stdin = createPipe(PIPE_BYTES);
  const stdout = createPipe(PIPE_BYTES);
  const stderr = createPipe(PIPE_BYTES);
  const killed = Promise.withResolvers<Exit>();
  const streams = { stdin: stdin.source, stdout: stdout.sink, stderr: stderr.sink };
  const played = play(command, streams).finally(() => {
    stdout.sink.close();
    stderr.sink.close();
    stdin.source[Symbol.dispose]();
  });
  const ended = Promise.race([played, killed.promise]);
  return {
    stdin: () => ({ stream: serve(ByteStream, writable(stdin.sink)) }),
    stdout: () => ({ stream: serve(ByteStream, readable(stdout.source)) }),
    stderr: () => ({ stream: serve(ByteStream, readable(stderr.source)) }),
    wait: async () => ({ exit: await ended }),
    signal(signal) {
      signals.push(signal);
      stdout.sink.close();
      stderr.sink.close();
      killed.resolve({ which: "signal", signal });
    },
    resize: () => undefined,
    bootstrap: () => ({ cap: serve(AnyClient, {}) }),
  };
}

export function readable(source: ByteSource): ByteStreamServer {
  return {
    read: async (limit: number) => ({ data: (await source.read(limit)) ?? new Uint8Array(0) }),
    write: () => undefined,
    close: () => source[Symbol.dispose](),
  };
}

function writable(sink: ByteSink): ByteStreamServer {
  return {
    read: () => ({ data: new Uint8Array(0) }),
    write: (data: Uint8Array) => sink.write(data),
    close: () => sink.close(),
  };
}

/** Programs of tests: one gives its input in capitals, one says how it was started, one waits to be ended. */
export const PLAYS: Readonly<Record<string, Play>> = {
  async upper(_command, { stdin, stdout }) {
    for (;;) {
      const bytes = await stdin.read(100);
      if (bytes === undefined) return { which: "code", code: 0 };
      await stdout.write(encodeText(decodeText(bytes).toUpperCase()));
    }
  },
  async tell({ argv0, args, env, cwd }, { stdout, stderr }) {
    await stdout.write(encodeText(`${[argv0, ...args].join("|")} in ${cwd}\n`));
    await stderr.write(
      concatBytes([
        encodeText(env.filter((entry) => entry.startsWith("X=")).join()),
        encodeText("\n"),
      ]),
    );
    return { which: "code", code: 9 };
  },
  async crash() {
    return { which: "trap", trap: "it ran out of memory" };
  },
  wait: () => new Promise(() => undefined),
};
