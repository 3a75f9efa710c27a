/** A peer of another implementation as a process: its roles are those of `peer.c++`. */
import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface } from "node:readline";

/** A process that offers `Peer` on a port of 127.0.0.1. */
export interface OfferingProcess extends AsyncDisposable {
  readonly port: number;
  /** Ends it as a crash would. */
  kill(): void;
}

/** Starts the program in a role that offers. */
export async function startOffering(program: string, ...args: string[]): Promise<OfferingProcess> {
  const child = spawn(program, args);
  const exited = toExit(child);
  for await (const line of createInterface(child.stdout)) {
    const port = /^port (\d+)$/.exec(line)?.[1];
    if (port === undefined) continue;
    return {
      port: Number(port),
      kill: () => void child.kill("SIGKILL"),
      async [Symbol.asyncDispose]() {
        child.stdin.end();
        await exited;
      },
    };
  }
  throw new Error(`"${program}" offered nothing and ended with code ${await exited}`);
}

/** The outcome of each check that the program makes of the peer at a port: `ok`, or what is wrong. */
export async function runChecks(program: string, port: number): Promise<Map<string, string>> {
  const child = spawn(program, ["call", `${port}`]);
  const exited = toExit(child);
  const outcomes = new Map<string, string>();
  for await (const line of createInterface(child.stdout)) {
    const [, not, name = "", reason = ""] =
      /^(not )?ok ([^:]+(?:: \w+)?)(?:: (.*))?$/.exec(line) ?? [];
    outcomes.set(name, not === undefined ? "ok" : reason);
  }
  const code = await exited;
  if (code !== 0) outcomes.set("the peer's own end", `exit code ${code}`);
  return outcomes;
}

/** Makes the program exchange capabilities and exit in the middle of a frame. @returns its exit code */
export function vanishAt(program: string, port: number): Promise<number | null> {
  return toExit(spawn(program, ["vanish", `${port}`]));
}

/** Prints the process's stderr unless it was killed or exited with 0. */
async function toExit(child: ChildProcessWithoutNullStreams): Promise<number | null> {
  let errors = "";
  child.stderr.on("data", (text: Buffer) => (errors += text.toString()));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  if (code !== 0 && code !== null) console.error(errors);
  return code;
}
