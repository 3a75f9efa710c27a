/** `ww sandbox`: images as sandboxes in a headless browser, for programs that drive them over HTTP. */
import { existsSync } from "node:fs";
import { basename } from "node:path";
import { Exception, toMessage, whenAborted } from "#base";
import { AGENT_PORT } from "./agent/agent-port.ts";
import { openApiKey, readApiKey } from "./agent/api-key.ts";
import { BASE, openPageSandboxes } from "./agent/page-sandboxes.ts";
import { startAgentServer } from "./agent/start-agent-server.ts";
import { warnOfNoSandbox } from "./chromium.ts";
import { controlSandboxes, findAction, refuseMistakenAction } from "./control-sandboxes.ts";
import { USERLAND_FOLDER } from "./dist-folder.ts";
import { findLayers } from "./layers.ts";
import { toPrintable } from "./printable.ts";
import { parseCommandLine, UsageError } from "./usage.ts";
import type { Command } from "./usage.ts";

const HELP = `ww sandbox [--agent-port <n>] [--api-key <file>] [--gateway <url>]…
           [--base <folder|car>] [--cells <mode>] [<image>…]
ww sandbox snapshot <name> --api-key <file> [--save <file> [--force]] [--url <url>]
ww sandbox fork <name> --api-key <file> [--timeout <s>] [--url <url>]
ww sandbox restore <snapshot> --api-key <file> [--timeout <s>] [--url <url>]
ww sandbox list | end <name> --api-key <file> [--url <url>]

Opens each image as a sandbox, in a headless browser, until Ctrl-C: its files, a shell and
the usual tools over them, and processes that are cells. Programs written for sandboxes in
data centres drive it, by their own SDK. Without an image, there is one sandbox with the
shell and the tools alone.

  --agent-port <n>  use this port instead of ${AGENT_PORT}, where SDKs look; 0 for any free port
  --api-key <file>  let programs that know the key in this file create and end sandboxes, by
                    the same port; the file is created if there is none
  --gateway <url>   fetch images of sandboxes from this gateway; may be given again
  --base <path>     an image with another shell at /bin/bash than the one of ww
  --cells <mode>    how cells wait: shared-memory or jspi; by default, the browser's best

An image is a folder, a CAR file, or a name: /ipfs/<cid>. It needs no program of its own.

The other forms ask a running ww sandbox or ww up --sandboxes. snapshot keeps the files of a
sandbox as they are, and prints the CID; fork makes another sandbox with the same files, and
restore one with those of a snapshot; both print its address and name, by which the SDK
connects with the key. list shows what runs and until when, and end ends one. An image in a
folder that is called like an action is written ./snapshot.
Snapshots last as long as the node; a file that --save has written lasts longer.

  --save <file>     also write the snapshot as a CAR, which ww sandbox takes as an image
  --force           let --save replace a file that is there
  --timeout <s>     end the new sandbox after this many seconds, instead of an hour
  --url <url>       the address of the node, instead of http://127.0.0.1:${AGENT_PORT}

What to tell the SDK, where <url> is the printed address, and <key> the content of the file:

  create({ debug: true })                       the only sandbox, at port ${AGENT_PORT}
  create({ debug: true, sandboxUrl: <url> })    the same at another port
  connect(<name>, { debug: true, sandboxUrl: <url> })  one of several
  create(<template>, { apiUrl: <url>, sandboxUrl: <url>, apiKey: <key> })
                       a new one: of "base", the shell and the tools alone, of the name of
                       a given image, of the CID of another, or of the id of a snapshot
`;

const OPTIONS = {
  "agent-port": { type: "string" },
  "api-key": { type: "string" },
  gateway: { type: "string", multiple: true },
  base: { type: "string" },
  cells: { type: "string" },
} as const;

export const sandboxCommand: Command = {
  help: HELP,
  async run(args, { stdout, stderr, verbose, signal }) {
    if (findAction(args) !== undefined) return controlSandboxes(args, { stdout, signal });
    // Before its options, of which this form may know none.
    refuseMistakenAction(args[0]);
    const { values, positionals } = parseCommandLine(args, OPTIONS);
    refuseMistakenAction(positionals[0]);
    const port = readPort(values["agent-port"]);
    const userland = values.base ?? USERLAND_FOLDER;
    if (values.base === undefined && !existsSync(userland)) {
      throw new Exception("failed", "The shell of sandboxes is not built: run `npm run guests`");
    }
    const mode = values.cells;
    if (mode !== undefined && mode !== "jspi" && mode !== "shared-memory") {
      throw new UsageError(`Not a way to wait: "${mode}"; write --cells shared-memory or jspi`);
    }
    const layers = await findLayers(positionals);
    const keyFile = values["api-key"];
    // A file that holds no key is noticed before a browser is started.
    if (keyFile !== undefined) await readApiKey(keyFile);
    const openKey = async (path: string): Promise<string> => {
      const { key, isNew } = await openApiKey(path);
      if (isNew) stderr.write(`ww: made the API key in "${toPrintable(path)}"\n`);
      return key;
    };
    await using sandboxes = await openPageSandboxes({
      userland,
      gateways: values.gateway ?? [],
      cells: values.cells,
      signal,
    });
    await using server = await startAgentServer({
      port,
      sandboxes,
      openKey: keyFile === undefined ? undefined : () => openKey(keyFile),
    });
    /** Of the images, by the names of their sandboxes. */
    const paths = new Map<string, string>();
    for (const layer of layers) {
      const template =
        layer.type === "name" ? layer.text : await sandboxes.addImage(layer.text, { signal });
      const running = await sandboxes.create({ template, env: {} }, { signal });
      const { id } = await server.registry.add(basename(layer.text).replace(/\.car$/, ""), running);
      sandboxes.nameTemplate(id, template);
      paths.set(id, template);
    }
    if (layers.length === 0) {
      const running = await sandboxes.create({ template: BASE, env: {} }, { signal });
      await server.registry.add("sandbox", running);
    }
    warnOfNoSandbox({ stderr, verbose });
    const url = `http://127.0.0.1:${server.port}`;
    for (const { id } of server.registry.list()) {
      const words = [url, id, paths.get(id)].filter((word) => word !== undefined);
      stdout.write(`${toPrintable(words.join("  "))}\n`);
    }
    const stopped = new Promise<"stopped">((resolve) => {
      if (signal.aborted) resolve("stopped");
      whenAborted(signal, () => resolve("stopped"));
    });
    const end = await Promise.race([stopped, sandboxes.gone]);
    if (end === "stopped") return 0;
    const reason = `Cannot go on: the browser of the sandboxes has ended (${toMessage(end)})`;
    throw new Exception("failed", reason);
  },
};

/** @throws {UsageError} */
function readPort(text: string | undefined): number {
  if (text === undefined) return AGENT_PORT;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port < 65_536) return port;
  throw new UsageError(`--agent-port is a number from 0 to 65535, not "${text}"`);
}
