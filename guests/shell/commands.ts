/** What the shell can do. */
import { decodeText, encodeText, Exception } from "#base";
import type { Process, WetwareSession } from "#schema";
import { base58btc } from "multiformats/bases/base58";
import { attend, type Cell } from "../sdk/index.ts";

interface Surroundings {
  readonly cell: Cell;
  readonly session: WetwareSession;
}

interface Command {
  readonly usage: string;
  readonly does: string;
  readonly run: (args: readonly string[], surroundings: Surroundings) => Promise<string>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  help: {
    usage: "help",
    does: "this list",
    run: async () => `${Object.values(COMMANDS).map(describe).join("\n")}\n`,
  },
  echo: {
    usage: "echo <text>",
    does: "asks the host's executor to say it",
    async run(args, { session }) {
      const { response } = await session.executor.echo(args.join(" "));
      return `${response}\n`;
    },
  },
  id: {
    usage: "id",
    does: "the peer id of this node",
    async run(_args, { session }) {
      const { peerId } = await session.host.id();
      return `${toPeerText(peerId)}\n`;
    },
  },
  peers: {
    usage: "peers",
    does: "the peer ids of all nodes this one is connected to",
    async run(_args, { session }) {
      const { peers } = await session.host.peers();
      if (peers.length === 0) return "no peers\n";
      return peers.map(({ peerId }) => `${toPeerText(peerId)}\n`).join("");
    },
  },
  ls: {
    usage: "ls [path]",
    does: "lists a folder of this image",
    async run([path = "/"], { cell }) {
      const entries = await cell.listFolder(path);
      return entries
        .map(({ name, type }) => `${name}${type === "directory" ? "/" : ""}\n`)
        .join("");
    },
  },
  cat: {
    usage: "cat <path>",
    does: "shows a file of this image",
    async run([path], { cell }) {
      if (path === undefined) throw new Exception("failed", "Name a file: cat <path>");
      const text = decodeText(await cell.readFile(path));
      return text === "" || text.endsWith("\n") ? text : `${text}\n`;
    },
  },
  run: {
    usage: "run <path> [arguments]",
    does: "starts a component of this image and waits for it",
    async run([path, ...args], surroundings) {
      if (path === undefined) throw new Exception("failed", "Name a file: run <path> [arguments]");
      const wasm = await surroundings.cell.readFile(path);
      using started = await surroundings.session.executor.runBytes(wasm, args, []);
      const exitCode = await attendAlone(started.process, surroundings.cell);
      return exitCode === 0 ? "" : `${path} ended with code ${exitCode}\n`;
    },
  },
  exit: {
    usage: "exit [code]",
    does: "ends the shell",
    run: async () => "",
  },
};

/** Does what the words say; an empty line is nothing to do. */
export async function runCommand(
  [name = "", ...args]: readonly string[],
  surroundings: Surroundings,
): Promise<void> {
  if (name === "") return;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    throw new Exception(
      "failed",
      `There is no command "${name}"; "help" lists those that there are`,
    );
  }
  const text = await command.run(args, surroundings);
  await surroundings.cell.stdout.write(encodeText(text));
}

function describe({ usage, does }: Command): string {
  return `  ${usage.padEnd(24)}${does}`;
}

/** A libp2p peer id as it is written everywhere: base58btc, without multibase's prefix. */
function toPeerText(peerId: Uint8Array): string {
  return base58btc.baseEncode(peerId);
}

/** Attends to a process whose stdin is empty: what is typed is the shell's. */
async function attendAlone(process: Process, cell: Cell): Promise<number> {
  using stdin = process.stdin();
  await stdin.stream.close();
  return await attend(process, cell);
}
