/** What a relay holds for each client that does nothing, in a process of its own. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { toRowAtMost } from "../measure.ts";
import type { Row, Timing } from "../measure.ts";

/** For each client. */
const LIMIT_KB = 300;

export async function measureRelay({ turns }: Timing): Promise<Row[]> {
  const clients = turns > 3 ? 200 : 60;
  const script = fileURLToPath(new URL("relay-memory.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--expose-gc",
    script,
    String(clients),
  ]);
  const kb = Number(stdout) / 1000;
  return [toRowAtMost("relay: memory of an idle client, KB", kb, LIMIT_KB, "limit", 1)];
}
