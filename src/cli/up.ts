/** `ww up`: the local node, until it is stopped. */
import { homedir } from "node:os";
import { join } from "node:path";
import { DIST_FOLDER } from "./dist-folder.ts";
import { startLocalNode } from "./local-node.ts";
import { toPrintable } from "./printable.ts";
import { parseCommandLine, UsageError } from "./usage.ts";
import type { Command } from "./usage.ts";

const DEFAULT_PORT = 9797;

const HELP = `ww up [--port <n>] [--image <folder|car>]…

Serves, on 127.0.0.1 only: the page, a trustless gateway for the given images, and a
libp2p relay. Prints a link for each image and runs until Ctrl-C.

  --port <n>       listen there instead of ${DEFAULT_PORT}; 0 takes any free port
  --image <path>   an image folder or a CAR file; may be given again
  --gateway <url>  let the page ask this gateway instead; may be given again
  --forward        let requests that the page's cells were granted leave through this node
                   instead of the browser, so that they reach servers which allow no
                   cross-origin requests; addresses that are not public are refused
                   unless the owner names them
  --state <path>   keep the relay's identity in this folder, so that tabs find it again
                   when it is restarted; by default one for each port that is given, in
                   $XDG_STATE_HOME/ww or ~/.local/state/ww
`;

export const upCommand: Command = {
  help: HELP,
  async run(args, { stdout, signal }) {
    const { values, positionals } = parseCommandLine(args, {
      port: { type: "string" },
      image: { type: "string", multiple: true },
      gateway: { type: "string", multiple: true },
      forward: { type: "boolean" },
      state: { type: "string" },
    });
    if (positionals.length > 0) {
      throw new UsageError(`ww up takes no ${positionals[0]}: images are given with --image`);
    }
    for (const gateway of values.gateway ?? []) {
      if (!/^https?:\/\//.test(gateway)) {
        throw new UsageError(`Not the address of a gateway: "${gateway}"`);
      }
    }
    const port = parsePort(values.port);
    await using node = await startLocalNode({
      port,
      images: values.image ?? [],
      distFolder: DIST_FOLDER,
      gateways: values.gateway,
      forwards: values.forward,
      stateFolder: chooseState(values.state, port),
      signal,
    });
    const links = node.images.map(
      ({ name, path }) => `${node.url}#${path}  ${toPrintable(name)}\n`,
    );
    stdout.write(links.length === 0 ? `${node.url}\n` : links.join(""));
    await new Promise((resolve) => {
      if (signal.aborted) resolve(undefined);
      signal.addEventListener("abort", resolve, { once: true });
    });
    return 0;
  },
};

/** Nobody comes back to a port that was free by chance. */
function chooseState(
  given: string | undefined,
  port: number,
): ((port: number) => string) | undefined {
  if (given !== undefined) return () => given;
  if (port === 0) return undefined;
  const { XDG_STATE_HOME = "" } = process.env;
  const base = XDG_STATE_HOME === "" ? join(homedir(), ".local", "state") : XDG_STATE_HOME;
  return (chosen) => join(base, "ww", String(chosen));
}

function parsePort(text: string | undefined): number {
  if (text === undefined) return DEFAULT_PORT;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new UsageError(`Not a port: "${text}"; give a number from 0 to 65535`);
  }
  return port;
}
