/** The authority to start processes. @see capnp/first/peer.capnp Executor */
import { Exception } from "#base";
import type { ExecutorServer } from "#schema";
import type { Spawner } from "./powers.ts";
import { serveProcess } from "./process.ts";

export function serveExecutor(spawner: Spawner): ExecutorServer {
  return {
    echo: (message) => ({ response: `Echo: ${message}` }),
    async runBytes(component, args, env, { signal }) {
      const pairs = env.map(parseVariable);
      const process = await spawner.spawn({ component, args, env: pairs }, { signal });
      return { process: serveProcess(process) };
    },
  };
}

function parseVariable(text: string): readonly [name: string, value: string] {
  const at = text.indexOf("=");
  if (at < 1) {
    throw new Exception("failed", `Cannot start process: "${text}" is not of the form NAME=value`);
  }
  return [text.slice(0, at), text.slice(at + 1)];
}
