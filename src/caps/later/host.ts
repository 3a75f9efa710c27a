/** The node as a capability of the later generation. @see capnp/later/system.capnp Host */
import { Exception } from "#base";
import { dup, serve } from "#capnp";
import { ByteStream } from "#schema";
import type { HostServer, StreamListenerServer } from "#schema/later";
import { giveExports, releaseAll, takeExports } from "../exports.ts";
import { serveNode } from "../host.ts";
import { joinProcess } from "../network.ts";
import type { SessionNetwork } from "../network.ts";
import type { Node } from "../powers.ts";

export function serveLaterHost(node: Node, network: SessionNetwork): HostServer {
  const served = serveNode(node);
  return {
    id: (context) => served.id(context),
    addrs: (context) => served.addrs(context),
    peers: (context) => served.peers(context),
    network: () => ({
      streamListener: serveStreamListener(network),
      streamDialer: network.streamDialer,
      vatListener: network.vatListener,
      vatClient: network.vatClient,
      httpListener: {
        listen() {
          throw new Exception("unimplemented", "This node serves no requests yet");
        },
      },
    }),
  };
}

/** One process for each stream, on its standard input and output. */
function serveStreamListener(network: SessionNetwork): StreamListenerServer {
  return {
    async listen(executor, protocol, caps, context) {
      const starter = dup(executor);
      const grants = takeExports(caps);
      await network.acceptStreams(protocol, context, {
        async take(served) {
          using stream = serve(ByteStream, served);
          const env = ["WW_CELL_MODE=raw"];
          using started = await starter.spawn([], env, giveExports(grants), SCHEDULED);
          using stdin = started.process.stdin();
          using stdout = started.process.stdout();
          try {
            await joinProcess(stream, { stdin: stdin.stream, stdout: stdout.stream });
          } catch {
            // The peer has cut the stream: without this, the process would never end.
            await started.process.kill();
          }
        },
        [Symbol.dispose]() {
          starter[Symbol.dispose]();
          releaseAll(grants);
        },
      });
    },
  };
}

const SCHEDULED = { which: "scheduled", scheduled: undefined } as const;
