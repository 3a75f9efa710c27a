/** The node as a capability of the later generation. @see capnp/later/system.capnp Host */
import { dup, serve } from "#capnp";
import { ByteStream, HttpHandler } from "#schema";
import type { HostServer, HttpListenerServer, StreamListenerServer } from "#schema/later";
import type { Entry } from "../account.ts";
import { serveCgi } from "../cgi.ts";
import { giveExports, releaseAll, takeExports } from "../exports.ts";
import { serveNode } from "../host.ts";
import type { HttpHandlers } from "../http-handlers.ts";
import { joinProcess } from "../network.ts";
import type { SessionNetwork } from "../network.ts";
import type { Node } from "../powers.ts";

export interface LaterHostPowers {
  readonly node: Node;
  readonly network: SessionNetwork;
  /** The HTTP handlers of the run. */
  readonly handlers: HttpHandlers;
  /** The entry that the host is granted through; its services end with that. */
  readonly entry: Entry;
}

export function serveLaterHost({ node, network, handlers, entry }: LaterHostPowers): HostServer {
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
      httpListener: serveHttpListener(handlers, entry),
    }),
  };
}

/** Starts one process for each stream, which it joins to the process's standard input and output. */
function serveStreamListener(network: SessionNetwork): StreamListenerServer {
  return {
    async listen(executor, protocol, caps, context) {
      // It may refuse them; nothing is held until then.
      const grants = takeExports(caps);
      const starter = dup(executor);
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
            // The peer has cut the stream. Without the kill, the process would never end.
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

/** Starts one process for each request below the prefix, by CGI. */
function serveHttpListener(handlers: HttpHandlers, entry: Entry): HttpListenerServer {
  return {
    listen(executor, prefix, caps, context) {
      const { lifetime } = entry.of(context);
      const grants = takeExports(caps);
      const program = serveCgi({ executor: dup(executor), prefix, grants });
      const serving = handlers.serve(prefix, serve(HttpHandler, program));
      lifetime.whenEnded(() => serving[Symbol.dispose]());
    },
  };
}

const SCHEDULED = { which: "scheduled", scheduled: undefined } as const;
