/** `ww sandbox snapshot`, `restore` and the like: at a node that runs, by its control plane. */
import { existsSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Exception } from "#base";
import { AGENT_PORT } from "./agent/agent-port.ts";
import { readApiKey } from "./agent/api-key.ts";
import { createControlClient } from "./agent/control-client.ts";
import type { ControlClient, ListedSandbox } from "./agent/control-client.ts";
import { openNewFile, refuseExisting } from "./new-file.ts";
import { toPrintable } from "./printable.ts";
import { hint, parseCommandLine, UsageError } from "./usage.ts";
import type { Terminal } from "./usage.ts";

const ACTIONS = ["snapshot", "restore", "fork", "list", "end"] as const;
type Action = (typeof ACTIONS)[number];

const OPTIONS = {
  "api-key": { type: "string" },
  url: { type: "string" },
  save: { type: "string" },
  force: { type: "boolean" },
  timeout: { type: "string" },
} as const;

const TIMEOUT_S = 3600;
const MOST_TIMEOUT_S = 24 * 60 * 60;

/** What the arguments of `ww sandbox` ask a node that runs; `undefined` if they begin with an image. */
export function findAction([first]: readonly string[]): Action | undefined {
  return ACTIONS.find((action) => action === first);
}

/**
 * Refuses an argument in the place of an image that is rather an action: one that comes after options, or was mistyped.
 *
 * @throws {UsageError}
 */
export function refuseMistakenAction(word: string | undefined): void {
  if (word === undefined || existsSync(word)) return;
  if (findAction([word]) !== undefined) {
    throw new UsageError(`Write "${word}" before its options: ww sandbox ${word} …`);
  }
  const meant = /^[a-z]+$/i.test(word) ? hint(word, ACTIONS) : "";
  if (meant !== "") throw new UsageError(`"${word}" is no action, and no image is there${meant}`);
}

/** @param args with the action first @throws {UsageError} */
export async function controlSandboxes(
  args: readonly string[],
  { stdout, signal }: Pick<Terminal, "stdout" | "signal">,
): Promise<number> {
  const { values, positionals } = parseCommandLine(args, OPTIONS);
  const [first = "", subject, ...more] = positionals;
  const action = findAction([first]);
  if (action === undefined) throw new UsageError("Write the action before its options");
  if ((action === "list") !== (subject === undefined) || more.length > 0) {
    const needs = action === "list" ? "no name" : "one name";
    throw new UsageError(`ww sandbox ${action} takes ${needs}`);
  }
  const { save, force, timeout } = values;
  if (save !== undefined && action !== "snapshot") {
    throw new UsageError("--save is for ww sandbox snapshot");
  }
  if (timeout !== undefined && action !== "fork" && action !== "restore") {
    throw new UsageError("--timeout is for ww sandbox fork and ww sandbox restore");
  }
  const timeoutSeconds = readTimeout(timeout);
  const url = (values.url ?? `http://127.0.0.1:${AGENT_PORT}`).replace(/\/+$/, "");
  if (!/^https?:\/\//.test(url)) throw new UsageError(`Not the address of a node: "${url}"`);
  const client = createControlClient(url, await readKey(values["api-key"]), { signal });
  if (save !== undefined && force !== true) await refuseExisting(save);
  const print = (line: string): void => void stdout.write(`${toPrintable(line)}\n`);
  const name = subject ?? "";
  if (action === "list") {
    for (const each of await client.list()) print(describe(each));
  } else if (action === "end") {
    await client.end(name);
  } else if (action === "snapshot") {
    const id = await client.snapshot(name);
    if (save !== undefined) await saveSnapshot(client, id, save, signal);
    print(id);
  } else if (action === "fork") {
    print(`${url}  ${await client.fork(name, timeoutSeconds)}`);
  } else {
    print(`${url}  ${await client.create(name, timeoutSeconds)}`);
  }
  return 0;
}

function describe({ name, state, end }: ListedSandbox): string {
  const words = [name, state];
  if (state === "running") words.push(end === undefined ? "until its node ends" : `until ${end}`);
  return words.join("  ");
}

async function saveSnapshot(
  client: ControlClient,
  id: string,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  await using file = await openNewFile(path);
  const car = await client.readSnapshot(id);
  await pipeline(Readable.from(car), file.stream, { signal, end: false });
  await file.keep();
}

async function readKey(path: string | undefined): Promise<string> {
  if (path === undefined) throw new UsageError("Name the file of the node's key: --api-key <file>");
  const key = await readApiKey(path);
  if (key !== undefined) return key;
  throw new Exception("failed", `There is no API key in "${path}": the node makes that file`);
}

/** @throws {UsageError} */
function readTimeout(text: string | undefined): number {
  if (text === undefined) return TIMEOUT_S;
  const seconds = Number(text);
  if (/^\d{1,6}$/.test(text) && seconds > 0 && seconds <= MOST_TIMEOUT_S) return seconds;
  throw new UsageError(`--timeout is a number of seconds up to ${MOST_TIMEOUT_S}, not "${text}"`);
}
