/** Starts programs by the `Spawner` among the grants of a sandbox's process. */
import { Exception } from "#base";
import { cast } from "#capnp";
import { Spawner, type SandboxProcess } from "#schema";
import type { Grants } from "./grants.ts";
import type { ProgramCommand, RunningProgram } from "./system.ts";

const NAME = "spawner";

/** The spawner that the shell was granted. */
export function findSpawner(grants: Grants): Spawner {
  const grant = grants.find(NAME);
  if (grant !== undefined) return cast(grant, Spawner);
  throw new Exception("failed", "programs cannot be started here, since no spawner was granted");
}

/** Makes a process of the spawner a `RunningProgram` of the shell. */
export async function spawn(spawner: Spawner, command: ProgramCommand): Promise<RunningProgram> {
  const { path, argv0, args, env, cwd, stdin, stdout, stderr, port } = command;
  const { process, pid } = await spawner.spawn({
    program: path,
    argv0,
    args: [...args],
    env: [...env],
    cwd,
    stdin: stdin,
    stdout: stdout,
    stderr: stderr,
    terminal: { columns: 0, rows: 0 },
    label: "",
    port,
  });
  return toProgram(process, pid, command);
}

function toProgram(process: SandboxProcess, pid: number, command: ProgramCommand): RunningProgram {
  const opened: Disposable[] = [process];
  const keep = <T extends Disposable>(one: T): T => {
    opened.push(one);
    return one;
  };
  const output = (name: "stdout" | "stderr"): NonNullable<RunningProgram["stdout"]> => {
    const { stream } = keep(process[name]());
    return { read: async (limitBytes) => (await stream.read(limitBytes)).data };
  };
  const input = command.stdin === "piped" ? keep(process.stdin()).stream : undefined;
  return {
    pid,
    ...(input === undefined
      ? {}
      : {
          stdin: {
            write: async (bytes: Uint8Array) => void (await input.write(bytes)),
            close: async () => void (await input.close()),
          },
        }),
    ...(command.stdout === "piped" ? { stdout: output("stdout") } : {}),
    ...(command.stderr === "piped" ? { stderr: output("stderr") } : {}),
    async wait() {
      const { exit } = await process.wait();
      if (exit.which === "code") return { status: exit.code };
      if (exit.which === "signal") return { status: 128 + exit.signal };
      return { status: 134, failure: exit.trap ?? "" };
    },
    signal: async (signal) => void (await process.signal(signal)),
    [Symbol.dispose]() {
      for (const one of opened.toReversed()) one[Symbol.dispose]();
    },
  };
}
