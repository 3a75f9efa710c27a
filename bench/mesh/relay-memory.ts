/** `node --expose-gc relay-memory.ts <clients>`: prints how many bytes a relay holds more for each client. */
import { fork } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startLocalNode } from "../../src/cli/index.ts";

const BATCH = 20;
const SETTLE_MS = 2000;

const clients = Number(process.argv[2] ?? 60);
const self = fileURLToPath(new URL("relay-clients.ts", import.meta.url));

async function readBytes(): Promise<number> {
  await sleep(SETTLE_MS);
  for (let round = 0; round < 5; round++) (globalThis as { gc?(): void }).gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

await using node = await startLocalNode({ port: 0, images: [] });
const child = fork(self, [node.relay]);
const answer = (): Promise<unknown> =>
  new Promise((resolve, reject) => {
    child.once("message", resolve);
    child.once("exit", (code) => reject(new Error(`The clients have ended with ${code}`)));
  });
try {
  const add = async (count: number): Promise<void> => {
    const added = answer();
    child.send(count);
    await added;
  };
  // What the first clients need stays for all.
  await add(BATCH);
  const before = await readBytes();
  for (let at = BATCH; at < clients; at += BATCH) await add(BATCH);
  const after = await readBytes();
  process.stdout.write(String((after - before) / (clients - BATCH)));
} finally {
  child.kill();
}
