/** Processes as capabilities. @see capnp/common/node.capnp Process */
import { serve } from "#capnp";
import { ByteStream } from "#schema";
import type { ProcessServer } from "#schema";
import { serveSink, serveSource } from "./byte-stream.ts";
import type { RunningProcess } from "./powers.ts";

/** Serves a process. Releasing it leaves the process running; `kill` ends it. */
export function serveProcess(process: RunningProcess): ProcessServer {
  // One server for each stream, however often it is requested, so that all reads are answered in order.
  const stdin = serveSink(process.stdin);
  const stdout = serveSource(process.stdout);
  const stderr = serveSource(process.stderr);
  return {
    stdin: () => ({ stream: serve(ByteStream, stdin) }),
    stdout: () => ({ stream: serve(ByteStream, stdout) }),
    stderr: () => ({ stream: serve(ByteStream, stderr) }),
    wait: async () => ({ exitCode: await process.exitCode }),
    bootstrap: () => ({ cap: process.bootstrap() }),
    kill: () => process.kill(),
  };
}
