/** The reference implementation as a process: `peer.c++`, built when its sources changed. */
import { execFile, spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { promisify } from "node:util";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const CACHE = fileURLToPath(new URL("../../../.cache/interop", import.meta.url));
const run = promisify(execFile);

/** Whether the compilers of Cap'n Proto and C++ are installed. */
export function hasReference(): boolean {
  return ["/usr/bin/capnp", "/usr/bin/g++", "/usr/include/capnp/ez-rpc.h"].every((path) =>
    existsSync(path),
  );
}

/** Builds the peer. @returns the path of its program */
export async function buildReferencePeer(): Promise<string> {
  const sources = await Promise.all(
    ["interop.capnp", "peer.c++"].map((name) => readFile(join(HERE, name))),
  );
  const hash = createHash("sha256");
  for (const source of sources) hash.update(source);
  const folder = join(CACHE, hash.digest("hex").slice(0, 16));
  const program = join(folder, "peer");
  if (existsSync(program)) return program;
  await mkdir(folder, { recursive: true });
  const schema = join(HERE, "interop.capnp");
  await run("capnp", ["compile", `-oc++:${folder}`, `--src-prefix=${HERE}`, schema]);
  const made = join(folder, "peer.new");
  const files = [join(HERE, "peer.c++"), join(folder, "interop.capnp.c++")];
  const libraries = ["-lcapnp-rpc", "-lcapnp", "-lkj-async", "-lkj"];
  await run("g++", ["-std=c++17", "-O1", `-I${folder}`, "-o", made, ...files, ...libraries]);
  await rename(made, program);
  return program;
}

/** A process that offers `Peer` on a port of 127.0.0.1. */
export interface OfferingProcess extends AsyncDisposable {
  readonly port: number;
}

/** Starts the program in a role that offers. */
export async function startOffering(program: string, ...args: string[]): Promise<OfferingProcess> {
  const child = spawn(program, args);
  const exited = toExit(child);
  for await (const line of createInterface(child.stdout)) {
    const port = /^port (\d+)$/.exec(line)?.[1];
    if (port === undefined) continue;
    return {
      port: Number(port),
      async [Symbol.asyncDispose]() {
        child.stdin.end();
        await exited;
      },
    };
  }
  throw new Error(`"${program}" offered nothing and ended with code ${await exited}`);
}

/** The outcome of each check that the program makes of the peer at a port: `ok`, or what is wrong. */
export async function runChecks(program: string, port: number): Promise<Map<string, string>> {
  const child = spawn(program, ["call", `${port}`]);
  const outcomes = new Map<string, string>();
  for await (const line of createInterface(child.stdout)) {
    const [, not, name = "", reason = ""] =
      /^(not )?ok ([^:]+(?:: \w+)?)(?:: (.*))?$/.exec(line) ?? [];
    outcomes.set(name, not === undefined ? "ok" : reason);
  }
  const code = await toExit(child);
  if (code !== 0) outcomes.set("the peer's own end", `exit code ${code}`);
  return outcomes;
}

async function toExit(child: ChildProcessWithoutNullStreams): Promise<number | null> {
  let errors = "";
  child.stderr.on("data", (text: Buffer) => (errors += text.toString()));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  if (code !== 0) console.error(errors);
  return code;
}
