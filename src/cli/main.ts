/** The `ww` command: finds the command, runs it, and turns a failure into one sentence and an exit code. */
import { readFile } from "node:fs/promises";
import { toMessage } from "#base";
import { explainUncaught } from "./explain-file.ts";
import { toPrintable } from "./printable.ts";
import { Stopped } from "./stopped.ts";
import { GLOBAL_OPTIONS, hint, UsageError } from "./usage.ts";
import type { Command, Terminal } from "./usage.ts";

/** A command, loaded only when it is run: most of them are larger than this whole list. */
interface ListedCommand {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

const COMMANDS: readonly ListedCommand[] = [
  {
    name: "up",
    summary: "serve the page and images, as a libp2p peer",
    load: async () => (await import("./up.ts")).upCommand,
  },
  {
    name: "build",
    summary: "turn a folder into an image and print its CID",
    load: async () => (await import("./build.ts")).buildCommand,
  },
  {
    name: "run",
    summary: "boot an image in a headless browser, on this terminal",
    load: async () => (await import("./run.ts")).runCommand,
  },
  {
    name: "sandbox",
    summary: "open images as sandboxes that SDKs drive, by HTTP",
    load: async () => (await import("./sandbox.ts")).sandboxCommand,
  },
  {
    name: "dial",
    summary: "reach a node or a tab, and call what it serves",
    load: async () => (await import("./dial.ts")).dialCommand,
  },
  {
    name: "name",
    summary: "publish an image under a name of yours, or resolve a name",
    load: async () => (await import("./name.ts")).nameCommand,
  },
  {
    name: "provide",
    summary: "have a node announce that it has an image",
    load: async () => (await import("./provide.ts")).provideCommand,
  },
  {
    name: "inspect",
    summary: "show what a program imports, exports and is made of",
    load: async () => (await import("./inspect.ts")).inspectCommand,
  },
];

const HELP = `ww runs code you neither wrote nor trust, by its CID, in a browser tab

${COMMANDS.map(({ name, summary }) => `  ww ${name.padEnd(8)} ${summary}`).join("\n")}

  --help     what a command does: ww <command> --help
  --version  the version of ww
  --verbose  say more, and show where an error came from
`;

/**
 * Runs one command line and gives the exit code: 0 for success, 1 for failure, 2 for a line that was not understood, the
 * guest's own, or that of the signal that stopped it.
 */
export async function main(
  args: readonly string[],
  terminal: Omit<Terminal, "verbose">,
): Promise<number> {
  const own = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  const verbose = own.includes("--verbose");
  try {
    return await dispatch(args, own, { ...terminal, verbose });
  } catch (reason) {
    if (reason instanceof UsageError) {
      const name = args.find((arg) => !arg.startsWith("-"));
      const asked = COMMANDS.some((listed) => listed.name === name) ? `ww ${name}` : "ww";
      terminal.stderr.write(`ww: ${toPrintable(reason.message)}\nTry: ${asked} --help\n`);
      return 2;
    }
    if (reason instanceof Stopped) return reason.exitCode;
    const stack = reason instanceof Error ? describeStack(reason) : toMessage(reason);
    const sentence = explainUncaught(reason) ?? toMessage(reason);
    terminal.stderr.write(`ww: ${toPrintable(verbose ? stack : sentence)}\n`);
    return 1;
  }
}

async function dispatch(
  args: readonly string[],
  own: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const at = args.findIndex((arg) => !arg.startsWith("-"));
  const before = at === -1 ? own : args.slice(0, at);
  for (const flag of before) {
    const known = ["--version", ...Object.keys(GLOBAL_OPTIONS).map((name) => `--${name}`), "-h"];
    if (!known.includes(flag)) throw new UsageError(`Unknown option ${flag}${hint(flag, known)}`);
  }
  if (own.includes("--version")) {
    terminal.stdout.write(`${await readVersion()}\n`);
    return 0;
  }
  const wantsHelp = own.includes("--help") || own.includes("-h");
  const name = args[at];
  if (name === undefined) {
    (wantsHelp ? terminal.stdout : terminal.stderr).write(HELP);
    return wantsHelp ? 0 : 2;
  }
  const listed = COMMANDS.find((candidate) => candidate.name === name);
  if (listed === undefined) {
    const names = COMMANDS.map((candidate) => candidate.name);
    throw new UsageError(`Unknown command ${name}${hint(name, names)}`);
  }
  const command = await listed.load();
  if (wantsHelp) {
    terminal.stdout.write(command.help);
    return 0;
  }
  return command.run(args.slice(at + 1), terminal);
}

function describeStack(reason: Error): string {
  const own = reason.stack ?? reason.message;
  return reason.cause instanceof Error ? `${own}\nCaused by: ${describeStack(reason.cause)}` : own;
}

async function readVersion(): Promise<string> {
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
