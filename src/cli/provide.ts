/** `ww provide`: makes a node announce that it has an image. */
import { Exception, toMessage } from "#base";
import { parseImageName } from "#image";
import { toPrintable } from "./printable.ts";
import { parseCommandLine, UsageError } from "./usage.ts";
import type { Command } from "./usage.ts";

const DEFAULT_NODE = "http://127.0.0.1:9797/";
const LIMIT_MS = 20_000;

const HELP = `ww provide <cid> [--node <url>]…

Has a local node announce that it has the image, in the hash table that it and its peers
keep, so that others find the image by its CID. The node repeats that daily while it runs.

  --node <url>     the local node, which serves the image, instead of
                   ${DEFAULT_NODE}; may be given again
`;

export const provideCommand: Command = {
  help: HELP,
  async run(args, { stdout, signal }) {
    const { values, positionals } = parseCommandLine(args, {
      node: { type: "string", multiple: true },
    });
    const [subject, ...more] = positionals;
    if (subject === undefined || more.length > 0) throw new UsageError("ww provide takes one CID");
    const name = parseImageName(subject);
    if (name.type === "unreadable") throw new UsageError(name.reason);
    if (name.type === "mutable" || name.program !== undefined) {
      throw new UsageError(`Only a CID is provided, not "${subject}"`);
    }
    const nodes = values.node ?? [DEFAULT_NODE];
    for (const node of nodes) {
      if (!/^https?:\/\//.test(node) || !URL.canParse(node)) {
        throw new UsageError(`Not the address of a node: "${node}"`);
      }
    }
    const cid = name.cid.toString();
    for (const node of nodes) {
      await ask(node, cid, signal);
      stdout.write(toPrintable(`${node} provides /ipfs/${cid}\n`));
    }
    return 0;
  },
};

async function ask(node: string, cid: string, signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.timeout(LIMIT_MS);
  const base = node.endsWith("/") ? node : `${node}/`;
  const refuse = (why: string, cause?: unknown): Exception =>
    new Exception("failed", `Cannot provide "${cid}": node ${node} ${why}`, { cause });
  let response: Response;
  try {
    response = await fetch(new URL(`routing/v1/providers/${cid}`, base), {
      method: "PUT",
      signal: AbortSignal.any([signal, limit]),
    });
  } catch (reason) {
    signal.throwIfAborted();
    throw refuse(`cannot be reached: ${toMessage(reason)}`, reason);
  }
  if (response.ok) {
    await response.body?.cancel();
    return;
  }
  // Our nodes explain these two statuses in a short sentence.
  const isOurs = response.status === 404 || response.status === 400;
  const length = Number(response.headers.get("content-length") ?? 0);
  const text = isOurs && length < 1000 ? (await response.text()).trim() : "";
  throw refuse(text === "" ? `answers with status ${response.status}` : `answers: ${text}`);
}
