/** `ww name`: publishes and resolves mutable names of images at a node. */
import { Exception } from "#base";
import { parseImageName } from "#image";
import { toNameKey, toPath } from "#net";
import type { Names } from "#net";
import type { CID } from "multiformats/cid";
import { explainFile } from "./explain-file.ts";
import { openKeyFile } from "./key-file.ts";
import { openNames } from "./names.ts";
import { toPrintable } from "./printable.ts";
import { parseCommandLine, UsageError } from "./usage.ts";
import type { Command, Terminal } from "./usage.ts";

const DEFAULT_NODE = "http://127.0.0.1:9797/";

const HELP = `ww name publish <cid> --key <file> [--expect <cid>] [--node <url>]…
ww name resolve <name> [--node <url>]…

A name is a key: /ipns/<key> leads to the image that its owner has published last. Pages
that run an image by its name switch to the next one by themselves.

publish leads the key's name to an image, and prints the name; resolve prints the image
that a name leads to.

  --key <file>     the name's private key; the file is created if there is none. Whoever has
                   it can lead the name elsewhere
  --expect <cid>   publish only if the name leads there now
  --node <url>     the local node, or another gateway that keeps records, instead of
                   ${DEFAULT_NODE}; may be given again
`;

export const nameCommand: Command = {
  help: HELP,
  async run(args, { stdout, signal }) {
    const { values, positionals } = parseCommandLine(args, {
      key: { type: "string" },
      expect: { type: "string" },
      node: { type: "string", multiple: true },
    });
    const [action, subject, ...more] = positionals;
    if (action !== "publish" && action !== "resolve") {
      throw new UsageError("Write ww name publish <cid> --key <file>, or ww name resolve <name>");
    }
    if (subject === undefined || more.length > 0) {
      throw new UsageError(`ww name ${action} takes one name`);
    }
    const nodes = values.node ?? [DEFAULT_NODE];
    for (const node of nodes) {
      if (!/^https?:\/\//.test(node)) throw new UsageError(`Not the address of a node: "${node}"`);
    }
    const names = openNames(nodes);
    if (action === "resolve") {
      if (values.key !== undefined || values.expect !== undefined) {
        throw new UsageError("ww name resolve takes neither --key nor --expect");
      }
      await resolveName(names, subject, { stdout, signal });
      return 0;
    }
    if (values.key === undefined) throw new UsageError("Name the key: --key <file>");
    const cid = readCid(subject);
    const expected = values.expect === undefined ? undefined : readCid(values.expect);
    const privateKey = await readKey(values.key);
    await names.publish(privateKey, cid, { expected, signal });
    stdout.write(`${toPath(toNameKey(privateKey))}\n`);
    return 0;
  },
};

async function resolveName(
  names: Names,
  text: string,
  { stdout, signal }: Pick<Terminal, "stdout" | "signal">,
): Promise<void> {
  const name = parseImageName(text);
  if (name.type === "unreadable") throw new UsageError(name.reason);
  if (name.type === "name") throw new UsageError(`"${name.path}" leads to itself alone`);
  const { cid } = await names.resolve(name.key, { signal });
  const below = name.program === undefined ? "" : `/${name.program}`;
  stdout.write(`${toPrintable(`/ipfs/${cid.toString()}${below}`)}\n`);
}

function readCid(text: string): CID {
  const name = parseImageName(text);
  if (name.type === "unreadable") throw new UsageError(name.reason);
  if (name.type === "mutable") {
    throw new UsageError(`A name leads to a CID, not to another name: "${name.path}"`);
  }
  if (name.program !== undefined) {
    throw new UsageError(`A name leads to an image: leave out "/${name.program}"`);
  }
  return name.cid;
}

async function readKey(path: string): ReturnType<typeof openKeyFile> {
  try {
    const key = await openKeyFile(path);
    if (key.type === "Ed25519") return key;
    throw new Exception("failed", `it is of type ${key.type}, and names have Ed25519 keys`);
  } catch (reason) {
    throw new Exception("failed", `Cannot use the key in "${path}": ${explainFile(reason)}`, {
      cause: reason,
    });
  }
}
