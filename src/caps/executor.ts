/** The authority to start processes. @see capnp/first/peer.capnp Executor */
import { Exception } from "#base";
import type { ExecutorServer } from "#schema";
import type { Entry } from "./account.ts";
import type { Spawner } from "./powers.ts";
import { serveProcess } from "./process.ts";

/** @param from the entry that the processes are granted through */
export function serveExecutor(spawner: Spawner, from: Entry): ExecutorServer {
  return {
    echo: (message) => ({ response: `Echo: ${message}` }),
    async runBytes(component, args, env, context) {
      const request = {
        program: { type: "bytes", component },
        args,
        env: toVariables(env),
      } as const;
      const process = await spawner.spawn(
        { ...request, from: from.of(context) },
        { signal: context.signal },
      );
      return { process: serveProcess(process) };
    },
  };
}

/** @throws {Exception} `failed` when an entry is not of the form NAME=value. */
export function toVariables(env: readonly string[]): (readonly [name: string, value: string])[] {
  return env.map(parseVariable);
}

function parseVariable(text: string): readonly [name: string, value: string] {
  const at = text.indexOf("=");
  if (at < 1) {
    throw new Exception("failed", `Cannot start process: "${text}" is not of the form NAME=value`);
  }
  return [text.slice(0, at), text.slice(at + 1)];
}
