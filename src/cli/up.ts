/** `ww up`: runs the local node until it is stopped. */
import { homedir } from "node:os";
import { join } from "node:path";
import { createJsonLogger, Exception, SILENT, whenAborted } from "#base";
import type { Logger } from "#base";
import { readCertificate } from "./certificate.ts";
import { AGENT_PORT } from "./agent/agent-port.ts";
import { DIST_FOLDER } from "./dist-folder.ts";
import { startLocalNode } from "./local-node.ts";
import { toPrintable } from "./printable.ts";
import { readProgramIdentity } from "./program-identity.ts";
import { readUpOptions } from "./up-options.ts";
import type { Command } from "./usage.ts";
import type { Resident } from "./warm/resident.ts";
import { chooseRuntimeFolder } from "./warm/runtime-folder.ts";

const DEFAULT_PORT = 9797;
/** Seconds. */
const DEFAULT_IDLE = 600;

const HELP = `ww up [--port <n>] [--image <folder|car>]… [--listen <multiaddr>]…
      [--announce <multiaddr>]… [--peer <multiaddr>]… [--cert <pem> --key <pem>]
      [--sandboxes [--agent-port <n>] [--api-key <file>]]
      [--warm [--idle <seconds>]] [--log <level>] [--config <file>]

Serves, on 127.0.0.1 only: the page, a trustless gateway for the given images, and a
libp2p relay for tabs. Prints a link for each image, and with --listen or --announce its
addresses for peers, and runs until Ctrl-C. npm start is this command with the sample images.

  --port <n>       listen there instead of ${DEFAULT_PORT}; 0 takes any free port
  --image <path>   an image folder or a CAR file; may be given again
  --gateway <url>  let the page ask this gateway instead; may be given again
  --router <url>   let the page ask this server for delegated routing who has an image that
                   no gateway has; may be given again
  --forward        send the granted requests of the page's cells through this node instead of
                   the browser, so that they also reach servers that do not allow cross-origin
                   requests; addresses that are not public are refused unless the owner names
                   them
  --state <path>   keep the node's identity in this folder, so that tabs and peers find it
                   again after a restart; by default, one folder for each port, in
                   $XDG_STATE_HOME/ww or ~/.local/state/ww

For programs that drive sandboxes:

  --sandboxes      open a port for their SDK: for sandboxes of this node's tabs and, with
                   --api-key, for new ones in a headless browser
  --agent-port <n> use this port instead of ${AGENT_PORT}, where SDKs look; 0 for any free port
  --api-key <file> let programs that know the key in this file create and end sandboxes; the
                   file is created if there is none

For ww run:

  --warm           keep a browser ready, in which your later runs start at once, each in a
                   context of its own that shares nothing with other runs. They find it by a
                   socket that no other user can reach, in $XDG_RUNTIME_DIR/ww or, if that is
                   not set, in a private temporary folder
  --idle <s>       end that browser when no run has used it for this many seconds, ${DEFAULT_IDLE} by
                   default; the next run starts it again

As a peer of others:

  --listen <multiaddr>
                   let peers reach the node there as well, by TCP or WebSockets:
                   /ip4/0.0.0.0/tcp/4001, /ip4/0.0.0.0/tcp/4002/ws; may be given again
  --announce <multiaddr>
                   tell peers this address instead of those it listens on, as behind a
                   proxy: /dns4/node.example/tcp/443/tls/ws; may be given again
  --peer <multiaddr>
                   dial this node, whose address ends with its peer id, and stay connected, so
                   that tabs reach it through this one even if it listens on TCP alone; may be
                   given again
  --cert <pem> --key <pem>
                   a certificate: the port speaks HTTPS, and --listen takes …/tls/ws

For its operator:

  --log <level>    write what happens to stderr, as lines of JSON: error, warn, info, debug
  --config <file>  take these options from a JSON file, by their names; those that may be
                   given again are lists; paths are relative to the file; the command line
                   wins. Only the file can have "ice": [{ "urls": ["stun:…"] }, { "urls":
                   ["turn:…"], "username": "…", "credential": "…" }], servers by which
                   tabs behind routers find a direct way; without it, none is asked

What an image serves is shown at http://<name>.localhost:<port>/ once it is opened under
Previews on the page. The port answers /healthz, and /metrics in the form of Prometheus, to
this computer.
`;

export const upCommand: Command = {
  help: HELP,
  async run(args, { stdout, stderr, signal }) {
    const options = await readUpOptions(args);
    const { port = DEFAULT_PORT, cert, key, log } = options;
    const logger: Logger =
      log === undefined
        ? SILENT
        : createJsonLogger(
            log,
            (line) => void stderr.write(`${line}\n`),
            () => new Date().toISOString(),
          );
    await using agents =
      options.sandboxes === true
        ? await (await import("./agent/up-agents.ts")).startAgents(options)
        : undefined;
    await using node = await startLocalNode({
      port,
      images: options.image ?? [],
      distFolder: DIST_FOLDER,
      gateways: options.gateway,
      forwards: options.forward,
      stateFolder: chooseState(options.state, port),
      routers: options.router,
      iceServers: options.ice,
      mesh: { listen: options.listen, announce: options.announce, peers: options.peer },
      certificate:
        cert === undefined || key === undefined ? undefined : await readCertificate(cert, key),
      takeSandbox: agents?.takeSandbox,
      logger,
      signal,
    });
    agents?.addGateway(node.url);
    await using resident =
      options.warm === true ? await startWarm(options.idle, logger) : undefined;
    const links = node.images.map(({ name, path, isLayer }) =>
      isLayer
        ? `${path}  ${toPrintable(name)}, a layer for sandboxes and other images\n`
        : `${node.url}#${path}  ${toPrintable(name)}\n`,
    );
    stdout.write(links.length === 0 ? `${node.url}\n` : links.join(""));
    logger.log("info", "cli", "started", { url: node.url, peer: node.relay });
    const isOpen = options.listen !== undefined || options.announce !== undefined;
    if (isOpen) for (const address of node.addresses()) stdout.write(`${address}  for peers\n`);
    if (agents !== undefined) stdout.write(`http://127.0.0.1:${agents.port}  for SDKs\n`);
    if (resident !== undefined) stdout.write(`${resident.path}  for ww run\n`);
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      whenAborted(signal, resolve);
    });
    logger.log("info", "cli", "stopping");
    return 0;
  },
};

/** Starts a browser, ready when this resolves, and the socket by which runs find it. */
async function startWarm(idleSeconds = DEFAULT_IDLE, logger: Logger): Promise<Resident> {
  const folder = await chooseRuntimeFolder();
  if (folder === undefined) {
    const state = "this system does not say which user a file belongs to";
    throw new Exception("unimplemented", `Cannot keep a browser warm: ${state}`);
  }
  const { createBerths } = await import("./warm/berths.ts");
  const { startResident } = await import("./warm/resident.ts");
  await using stack = new AsyncDisposableStack();
  const berths = stack.use(createBerths({ idleMs: idleSeconds * 1000, logger }));
  const { path } = stack.use(
    await startResident({
      folder,
      identity: await readProgramIdentity(),
      berths,
      logger,
    }),
  );
  await berths.warm();
  const owned = stack.move();
  return { path, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** The node's state folder. A node on an arbitrary free port has none, since no peer would look for it there again. */
function chooseState(
  folder: string | undefined,
  port: number,
): ((port: number) => string) | undefined {
  if (folder !== undefined) return () => folder;
  if (port === 0) return undefined;
  const { XDG_STATE_HOME = "" } = process.env;
  const base = XDG_STATE_HOME === "" ? join(homedir(), ".local", "state") : XDG_STATE_HOME;
  return (chosen) => join(base, "ww", String(chosen));
}
