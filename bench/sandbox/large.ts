/** A gigabyte through `ww sandbox`, up and down: the command's memory at its peak, beside what it has before. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { timed, toRow, toRowAtMost } from "../measure.ts";
import type { Row } from "../measure.ts";

const WW = fileURLToPath(new URL("../../src/cli/ww.mjs", import.meta.url));
const LARGE_BYTES = 1_000_000_000;
const SMALL_BYTES = 20_000_000;
const PIECE_BYTES = 1_000_000;
const MIB = 1024 * 1024;

/** Both ways are streamed, so what is held of a file does not grow with it. */
export async function measureLarge(): Promise<Row[]> {
  await using command = await startCommand();
  const { url, pid } = command;
  await upload(url, SMALL_BYTES);
  await download(url, SMALL_BYTES);
  const before = await readStatus(pid, "VmRSS");
  // From here on, the system counts the peak anew.
  await writeFile(`/proc/${pid}/clear_refs`, "5");
  const upMs = await timed(() => upload(url, LARGE_BYTES));
  const downMs = await timed(() => download(url, LARGE_BYTES));
  const peak = await readStatus(pid, "VmHWM");
  const measure = "peak memory of ww sandbox, 1 GB up and down, MiB";
  return [
    toRow("upload of 1 GB from Node, ms", upMs, downMs, "download", 0, downMs / upMs),
    toRowAtMost(measure, peak / MIB, before / MIB, "before", 2),
  ];
}

interface Command extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
}

async function startCommand(): Promise<Command> {
  const stdio = ["ignore", "pipe", "inherit"] as const;
  const child = spawn(process.execPath, [WW, "sandbox", "--agent-port", "0"], {
    stdio: [...stdio],
  });
  const ended = once(child, "close");
  const end = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
  };
  try {
    const [line] = (await Promise.race([once(child.stdout ?? child, "data"), ended])) as [unknown];
    const [url = ""] = String(line).split(" ");
    if (!url.startsWith("http")) throw new Error("The command has not started");
    return { url, pid: child.pid ?? 0, [Symbol.asyncDispose]: end };
  } catch (reason) {
    await end();
    throw reason;
  }
}

async function upload(url: string, bytes: number): Promise<void> {
  const headers = { "content-type": "application/octet-stream" };
  const sending = request(`${url}/files?path=/large`, { method: "POST", headers });
  const [[response]] = (await Promise.all([
    once(sending, "response"),
    pipeline(Readable.from(makePieces(bytes)), sending),
  ])) as [[IncomingMessage], void];
  response.resume();
  if (response.statusCode !== 200) throw new Error(`The answer was ${response.statusCode}`);
}

async function* makePieces(bytes: number): AsyncGenerator<Uint8Array> {
  for (let left = bytes; left > 0; left -= PIECE_BYTES) {
    yield new Uint8Array(Math.min(left, PIECE_BYTES)).fill(left % 251);
  }
}

async function download(url: string, bytes: number): Promise<void> {
  const { body } = await fetch(`${url}/files?path=/large`, {
    headers: { "accept-encoding": "identity" },
  });
  let came = 0;
  for await (const piece of body ?? []) came += piece.length;
  if (came !== bytes) throw new Error(`${came} of ${bytes} bytes came`);
}

/** @param name of a line in kB @throws {Error} where there is no `/proc` */
async function readStatus(pid: number, name: "VmRSS" | "VmHWM"): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) * 1024;
}
