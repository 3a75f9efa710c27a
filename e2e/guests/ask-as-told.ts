/**
 * A program that asks its owner as its input says, one command a line, and tells what came of it.
 *
 * `read <path>`, `write <path>`, `now`, `draw`, `reveal`, `get <url>`, `echo <text>`: uses what it was given last, at first what the image was given.
 * `ask <kind> <reason>`, `restore <token>`: is given something else. `keep`: says its token. `say <text>`: prints.
 */
import { decodeText, encodeText } from "#base";
import { cast, dup, type Client } from "#capnp";
import { Clock, Executor, Folder, HttpClient, Keeper, Randomness, Secret } from "#schema";
import type { Ask, Export, Powerbox } from "#schema";
import type { Cell } from "../../guests/sdk/index.ts";

/** @param grants what its image was given before it started */
export async function askAsTold(
  { stdin, stdout }: Pick<Cell, "stdin" | "stdout">,
  powerbox: Powerbox,
  grants: readonly Export[],
): Promise<void> {
  const say = (text: string): Promise<void> => stdout.write(encodeText(`${text}\n`));
  await say(`has: ${grants.map(({ name }) => name).join() || "nothing"}`);
  let held: Held = { cap: grants[0]?.cap, keeper: undefined };
  let typed = "";
  for (;;) {
    const bytes = await stdin.read(1000);
    if (bytes === undefined) return;
    const lines = (typed + decodeText(bytes)).split("\n");
    typed = lines.pop() ?? "";
    for (const line of lines) {
      try {
        const [verb = "", argument = "", ...rest] = line.split(" ");
        if (verb === "ask" || verb === "restore") {
          const asking =
            verb === "ask"
              ? powerbox.request(toAsk(argument, rest.join(" ")))
              : powerbox.restore(fromHex(argument));
          const { label, cap, keeper } = (await asking).grant;
          held = { cap: dup(cap), keeper: dup(keeper) };
          await say(`given: ${label}`);
        } else {
          await say(await use(held, verb, argument, line));
        }
      } catch (error) {
        await say(`refused: ${String(error)}`);
      }
    }
  }
}

interface Held {
  readonly cap: Client | undefined;
  readonly keeper: Keeper | undefined;
}

async function use(
  { cap, keeper }: Held,
  verb: string,
  path: string,
  line: string,
): Promise<string> {
  if (verb === "say") return line.slice(4);
  if (cap === undefined) return "holds nothing";
  if (verb === "read") return decodeText((await cast(cap, Folder).read(path, 0, 1000)).data);
  if (verb === "write") {
    await cast(cap, Folder).write(path, 0, encodeText("changed"));
    return "written";
  }
  if (verb === "now") return `time: ${(await cast(cap, Clock).now()).ms}`;
  if (verb === "get") {
    const { status, body } = await cast(cap, HttpClient).get(path, []);
    return `${status}: ${decodeText(body)}`;
  }
  if (verb === "echo") return (await cast(cap, Executor).echo(path)).response;
  if (verb === "draw") return `drawn: ${(await cast(cap, Randomness).draw(8)).data.length}`;
  if (verb === "reveal") return `revealed: ${(await cast(cap, Secret).reveal()).value.length}`;
  if (verb === "keep" && keeper !== undefined) return `kept: ${toHex((await keeper.keep()).token)}`;
  return `unknown: ${line}`;
}

function toAsk(kind: string, reason: string): Ask {
  switch (kind) {
    case "folder":
      return { reason, which: "folder", folder: { writes: false } };
    case "secret":
      return { reason, which: "secret", secret: undefined };
    case "randomness":
      return { reason, which: "randomness", randomness: undefined };
    case "memory":
      return { reason, which: "memory", memory: 2 ** 20 };
    case "export":
      return { reason, which: "export", export: 0x9ea70c8c9aefb70cn };
    case "peer":
      return { reason, which: "peer", peer: "echo" };
    case "http":
      return { reason, which: "http", http: { hosts: ["api.example"], methods: ["GET"] } };
    default:
      return { reason, which: "clock", clock: undefined };
  }
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
}
