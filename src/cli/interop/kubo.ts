/** Kubo, the most used IPFS node, as a process with a repository of its own and traffic to 127.0.0.1 only. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import type { Limited } from "./check.ts";

export interface Kubo extends AsyncDisposable {
  /** The address at which it listens for tabs, with its peer id. */
  readonly address: string;
  /** The base address of its gateway. */
  readonly gateway: string;
  /** The output of one of its commands. @throws {Error} with the command's message */
  run(...args: readonly string[]): Promise<Buffer>;
  /** Makes it store the blocks of a CAR. */
  importCar(pieces: AsyncIterable<Uint8Array>): Promise<void>;
}

const LIMIT_BYTES = 64 * 1024 * 1024;
/** WebSockets on 127.0.0.1 and no discovery of peers; Kubo's profile for tests leaves out the rest. */
const CONFIG: readonly (readonly [key: string, value: unknown])[] = [
  ["Addresses.Swarm", ["/ip4/127.0.0.1/tcp/0/ws"]],
  ["Routing.Type", "none"],
  ["Provide.Enabled", false],
  ["AutoNAT.ServiceMode", "disabled"],
  ["Version.SwarmCheckEnabled", false],
  ["Plugins.Plugins.telemetry.Config.Mode", "off"],
];

/** Starts Kubo; the caller disposes it. @param waiting its signal kills the process */
export async function startKubo(program: string, { signal }: Limited): Promise<Kubo> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "ww-kubo-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const env = { ...process.env, IPFS_PATH: folder, IPFS_TELEMETRY: "off" };
  const run: Kubo["run"] = async (...args) => {
    const options = { env, signal, maxBuffer: LIMIT_BYTES, encoding: "buffer" } as const;
    return (await promisify(execFile)(program, args, options)).stdout;
  };
  await run("init", "--profile=test");
  for (const [key, value] of CONFIG) await run("config", "--json", key, JSON.stringify(value));
  const daemon = spawn(program, ["daemon"], { env, signal, stdio: ["ignore", "pipe", "ignore"] });
  const closed = once(daemon, "close");
  closed.catch(() => undefined); // reported below
  stack.defer(async () => {
    daemon.kill();
    await closed.catch(() => undefined);
  });
  let gateway = "";
  for await (const line of createInterface(daemon.stdout)) {
    gateway =
      /^Gateway server listening on \/ip4\/127\.0\.0\.1\/tcp\/(\d+)$/.exec(line)?.[1] ?? gateway;
    if (line === "Daemon is ready") break;
  }
  daemon.stdout.resume();
  const [address = ""] = String(await run("id", "--format=<addrs>")).split("\n");
  const owned = stack.move();
  return {
    address,
    gateway: `http://127.0.0.1:${gateway}/`,
    run,
    async importCar(pieces) {
      const file = join(folder, "image.car");
      await writeFile(file, pieces);
      await run("dag", "import", file);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
