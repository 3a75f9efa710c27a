/** `ww run`: runs an image in a headless browser, on this terminal's streams. */
import { readFile } from "node:fs/promises";
import type { Writable } from "node:stream";
import { Exception } from "#base";
import { dup } from "#capnp";
import type { Designations } from "./grants/designation.ts";
import { loadChooser } from "./grants/load-chooser.ts";
import { warnOfNoSandbox } from "./chromium.ts";
import { explainFile } from "./explain-file.ts";
import { findLayers } from "./layers.ts";
import type { Layer } from "./layers.ts";
import { parseLimits } from "./limits.ts";
import { openNewFile, refuseExisting } from "./new-file.ts";
import { openRunPage } from "./open-run-page.ts";
import { toPrintable } from "./printable.ts";
import { toScreen } from "./screen-stream.ts";
import { parseCommandLine, UsageError } from "./usage.ts";
import type { Command, Terminal } from "./usage.ts";

const HELP = `ww run <image>… [--env <K=V>]… [--dir <host>::<guest>]… [--writable]
       [--save <file> [--force]] [--limit <name>=<number>]… [--cells <mode>]
       [--grant <name>=<what>]… [--policy <file>] [--account <file>]
       [--bare] [--raw] [--cold] [-- <argument>…]

Boots the image in a headless browser, with this terminal's stdin, stdout and stderr,
and ends with the exit code of the image. An image is a folder, a CAR file, a CID, the
address of one at a gateway, or a program: a component, or a core module for WASI
preview 1. Several are layers, base first: files of later ones replace those of earlier
ones. What follows -- goes to the image as its arguments.

An image runs its bin/main.wasm, or the program that is named in it: ./image/bin/tool.wasm
or /ipfs/<cid>/bin/tool.wasm. A program's argv[0] is its path in the image, or the name of
its file if it is not in an image.

  --env <K=V>      set a variable of the image's environment; may be given again
  --dir <host>::<guest>
                   copy a folder in, to <guest> in the image; may be given again. The image
                   may write there; what it writes is lost when it ends
  --writable       let the image write to its own files, too; all of it is lost when it ends
  --save <file>    when it has exited, write a CAR of the image with all that it wrote, except
                   in /tmp, and print the CID
  --force          let --save replace a file that is there
  --limit <name>=<number>
                   limit each process: memory=256MiB, memories=4, cpu=10 (seconds that it
                   runs), files=100, pipe=64KiB (unread bytes), children=8; and all of them
                   together: total=2GiB (of memory); may be given again
  --grant <name>=<what>
                   give the image what it asks for by this name in etc/grants.json, or, by its
                   kind, while it runs: data=folder:./data (to read), data=folder:./data,writes,
                   api=http:api.example,other.example:8443 (https unless written as http://…),
                   key=secret:env:NAME, key=secret:file:./key, now=clock, dice=randomness,
                   memory=memory:1GiB, time=time:60 (seconds, in all), what a peer serves:
                   talk=peer:<multiaddr with its id>/<service>; what is not given is refused;
                   folders and secrets must exist; may be given again
  --policy <file>  grants from a JSON file, with bounds: see "Grants" in the README
  --account <file> when it has ended, write as lines of JSON what it was granted, used and was
                   refused; --force replaces a file that is there
  --cells <mode>   how cells wait: shared-memory (as by default) or jspi
  --bare           give the image no directory at all, not even its own
  --raw            let the terminal obey everything that the image prints, including what
                   reaches beyond the screen: the clipboard, the title, images, queries
  --cold           start a browser for this run, even if ww up --warm keeps one
  --gateway <url>  fetch CIDs from this gateway; may be given again
`;

/** How long a peer may take to answer when its service is granted. */
const DIAL_MS = 45_000;

/** Refusals that are printed: an image may ask for ever, under ever new names. */
const REFUSALS_SHOWN = 20;

export const runCommand: Command = {
  help: HELP,
  async run(args, { stdin, stdout, stderr, verbose, signal }) {
    const end = args.indexOf("--");
    const own = end === -1 ? args : args.slice(0, end);
    const { values, positionals } = parseCommandLine(own, {
      env: { type: "string", multiple: true },
      dir: { type: "string", multiple: true },
      bare: { type: "boolean" },
      raw: { type: "boolean" },
      writable: { type: "boolean" },
      save: { type: "string" },
      force: { type: "boolean" },
      cells: { type: "string" },
      limit: { type: "string", multiple: true },
      grant: { type: "string", multiple: true },
      policy: { type: "string" },
      account: { type: "string" },
      cold: { type: "boolean" },
      gateway: { type: "string", multiple: true },
    });
    if (positionals.length === 0) {
      throw new UsageError("ww run takes at least one image, for example: ww run ./my-image");
    }
    const env = (values.env ?? []).map(parseVariable);
    const folders = (values.dir ?? []).map(parseFolder);
    if (values.bare === true && folders.length > 0) {
      throw new UsageError("ww run takes --bare or --dir: a folder cannot be in no directory");
    }
    const mode = values.cells;
    if (mode !== undefined && mode !== "jspi" && mode !== "shared-memory") {
      throw new UsageError(`Not a way to wait: "${mode}"; write --cells shared-memory or jspi`);
    }
    const limits = parseLimits(values.limit ?? []);
    const { account } = values;
    const designations = await readDesignations(values.grant ?? [], values.policy);
    const grants = (values.grant ?? []).map((text) => text.slice(0, text.indexOf("=")));
    if (values.bare === true && values.writable === true) {
      throw new UsageError(
        "ww run takes --bare or --writable: without files there is none to write to",
      );
    }
    const layers = await findLayers(positionals);
    const last = layers.at(-1);
    const alone = last?.type === "file" ? last.alone : undefined;
    const gateways = [
      ...(values.gateway ?? []),
      ...layers.flatMap((layer) => (layer.type === "name" ? (layer.gateway ?? []) : [])),
    ];
    for (const file of [values.save, values.account]) {
      if (file !== undefined && values.force !== true) await refuseExisting(file);
    }

    // A file that cannot be written is noticed before a browser starts.
    await using car = values.save === undefined ? undefined : await openNewFile(values.save);
    await using log = account === undefined ? undefined : await openNewFile(account);
    // Needed also if no page comes to read it.
    using unread = new DisposableStack();
    unread.defer(() => void stdin.destroy());
    const textsOf = (type: Layer["type"]): string[] =>
      layers.flatMap((layer) => (layer.type === type ? [layer.text] : []));
    await using page = await openRunPage(
      {
        images: textsOf("file"),
        folders: folders.map(({ host }) => host),
        names: textsOf("name"),
        gateways,
        cells: mode,
        log: verbose ? "info" : undefined,
      },
      {
        isCold: values.cold === true,
        onCold(why) {
          if (verbose) stderr.write(`ww: Starts a browser of its own: ${toPrintable(why)}\n`);
        },
        onConsole(text) {
          if (verbose) stderr.write(`page: ${toPrintable(text)}\n`);
        },
        signal,
      },
    );
    warnOfNoSandbox({ stderr, verbose });
    const loaded = page.images.values();
    const names = layers.map((layer) =>
      layer.type === "file"
        ? (loaded.next().value ?? layer.text) + (layer.program ?? "")
        : layer.text,
    );
    const refusals = new Set<string>();
    const asked = new Set<string>();
    const mounts = folders.map(({ guest }, at) => ({ path: guest, layer: page.folders[at] ?? "" }));
    const order = {
      layers: names,
      args: end === -1 ? [] : args.slice(end + 1),
      argv0: alone,
      env: env.map(([name, value]) => ({ name, value })),
      mounts,
      bare: values.bare === true,
      writable: values.writable === true,
      limits,
      chooser: loadChooser(designations, {
        onAsk: (name) => void asked.add(name),
        onAnswer(text, isGiven) {
          if (verbose) stderr.write(`${toPrintable(text)}\n`);
          else if (!isGiven && refusals.size < REFUSALS_SHOWN && !refusals.has(text)) {
            refusals.add(text);
            stderr.write(`ww: ${toPrintable(text)}\n`);
          }
        },
        async openService(address, service) {
          const limit = AbortSignal.any([signal, AbortSignal.timeout(DIAL_MS)]);
          using met = await page.owner.meet(address, { signal: limit });
          using results = await page.owner.dial(met.peer, service, { signal: limit });
          return dup(results.cap);
        },
      }),
      terminal: {
        stdin: stdin.isTTY === true,
        stdout: stdout.isTTY === true,
        stderr: stderr.isTTY === true,
      },
    };
    const shown = values.raw === true ? { stdout, stderr } : toScreens({ stdout, stderr });
    const outcome = await page.run(order, {
      stdin,
      ...shown,
      car: car?.stream,
      onAccount:
        log &&
        (async (lines) => {
          log.stream.write(lines);
          await log.keep();
        }),
      signal,
    });
    // A policy file may serve several images, but the grants on the command line are for this one.
    for (const name of grants.filter((grant) => !asked.has(grant))) {
      stderr.write(`ww: nothing asked for the grant "${toPrintable(name)}"\n`);
    }
    if (outcome.type === "exited") {
      await car?.keep();
      if (outcome.saved !== undefined) stderr.write(`saved ${outcome.saved}\n`);
      return outcome.code;
    }
    throw new Exception("failed", outcome.type === "trapped" ? outcome.message : outcome.reason);
  },
};

function toScreens({ stdout, stderr }: Pick<Terminal, "stdout" | "stderr">): {
  readonly stdout: Writable;
  readonly stderr: Writable;
} {
  return { stdout: toScreen(stdout), stderr: toScreen(stderr) };
}

/** Grants on the command line override those of the file. */
async function readDesignations(
  grants: readonly string[],
  file: string | undefined,
): Promise<Designations> {
  if (grants.length === 0 && file === undefined) return new Map();
  const { parseGrants } = await import("./grants/parse-grant.ts");
  const own = parseGrants(grants);
  const { requireDesignated } = await import("./grants/require-designated.ts");
  await requireDesignated(own);
  if (file === undefined) return own;
  const { parsePolicyFile } = await import("./grants/policy-file.ts");
  const text = await readFile(file, "utf8").catch((reason: unknown) => {
    const why = `Cannot read the policy file "${file}": ${explainFile(reason)}`;
    throw new UsageError(why, { cause: reason });
  });
  return new Map([...parsePolicyFile(text, file), ...own]);
}

function parseVariable(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at < 1) throw new UsageError(`Not a variable: "${text}"; write --env NAME=value`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function parseFolder(text: string): { readonly host: string; readonly guest: string } {
  const [host = "", guest = "", ...more] = text.split("::");
  const names = guest.split("/");
  const readable = guest.startsWith("/") && !names.includes("..") && !names.includes(".");
  if (host === "" || !readable || more.length > 0) {
    throw new UsageError(`Not a folder: "${text}"; write --dir ./folder::/path/in/the/image`);
  }
  return { host, guest };
}
