/** Serves full power over a sandbox. @see capnp/common/sandbox.capnp Sandbox */
import { serve } from "#capnp";
import { serveFiles } from "#caps";
import { Files, Spawner } from "#schema";
import type { SandboxServer } from "#schema";
import type { Sandbox } from "./sandbox.ts";
import { serveSpawner } from "./serve-process.ts";

/** Takes ownership of the sandbox, which ends with its last client. */
export function serveSandbox(sandbox: Sandbox): SandboxServer & Disposable {
  return {
    spawner: () => ({ spawner: serve(Spawner, serveSpawner(sandbox.starter, undefined)) }),
    files: () => ({ files: serve(Files, serveFiles(sandbox.files)) }),
    usage: () => ({ usage: sandbox.usage }),
    async snapshot({ signal }) {
      const { path, car } = await sandbox.snapshot(signal);
      return { path, car };
    },
    async fork({ signal }) {
      return { sandbox: serveSandbox(await sandbox.fork(signal)) };
    },
    port: (port) => ({ handler: sandbox.starter.openPort(port) }),
    [Symbol.dispose]: () => void sandbox[Symbol.asyncDispose](),
  };
}
