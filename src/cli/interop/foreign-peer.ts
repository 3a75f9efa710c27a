/** A peer of another implementation, as a process that takes orders: see `src/net/interop/README.md`. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Limited } from "./check.ts";

export interface ForeignPeer extends AsyncDisposable {
  /** Where it listens, with its peer id. */
  readonly address: string;
  readonly id: string;
  /** The peer's answer. @throws {Error} with the peer's message when the order failed. */
  order(...words: readonly string[]): Promise<unknown>;
}

/** One line of the peer's output. */
interface Answer {
  readonly value?: unknown;
  readonly error?: string;
}

export const STREAM = "/ww/0.1.0/stream/echo";
export const VAT = "/ww/0.1.0/vat/executor";

/** Starts the program, which ends with its standard input. @param waiting its signal kills the process */
export async function startForeign(program: string, { signal }: Limited): Promise<ForeignPeer> {
  const child = spawn(program, { stdio: ["pipe", "pipe", "inherit"], signal });
  const failed = new Promise<never>((_, reject) => child.on("error", reject));
  // Reported to callers that wait for an answer.
  failed.catch(() => undefined);
  const closed = once(child, "close");
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const read = async (): Promise<unknown> => {
    const { value, done } = await Promise.race([lines.next(), failed]);
    if (done === true) throw new Error("The peer has ended");
    const { value: said, error } = JSON.parse(value) as Answer;
    if (error !== undefined) throw new Error(`The peer says: ${error}`);
    return said;
  };
  const [address = ""] = (await read()) as readonly string[];
  return {
    address,
    id: address.split("/p2p/").at(-1) ?? "",
    async order(...words) {
      child.stdin.write(`${JSON.stringify(words)}\n`);
      return read();
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await Promise.race([closed, failed]).catch(() => undefined);
    },
  };
}
