/**
 * `npm run interop [-- <name>…]`: connects our nodes with peers of other implementations, on 127.0.0.1.
 *
 * `interop/implementations.ts` lists them; the sources of their programs are in `src/net/interop`, and are built into
 * `.cache/interop`. An implementation without its compiler on this machine is reported as skipped. Each check starts its
 * own nodes and peers.
 */
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { toMessage, untilAborted } from "#base";
import { IMPLEMENTATIONS } from "./interop/implementations.ts";
import type { Check, Implementation, Limited } from "./interop/check.ts";
import { createWorkshop } from "./programs/workshop.ts";

const CACHE = fileURLToPath(new URL("../../.cache/interop", import.meta.url));
const LIMIT_MS = 90_000;

process.exitCode = await main();

async function main(): Promise<number> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const names = IMPLEMENTATIONS.map(({ name }) => name);
  const unknown = positionals.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    console.error(`No implementation "${unknown}": there is ${names.join(", ")}`);
    return 2;
  }
  await mkdir(CACHE, { recursive: true });
  const workshop = createWorkshop(CACHE);
  let [passed, failed, skipped] = [0, 0, 0];
  for (const implementation of IMPLEMENTATIONS) {
    const { name, tool } = implementation;
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    if (!(await hasTool(workshop.run(tool, ["version"])))) {
      skipped++;
      console.log(`skipped ${name}: this machine has no ${tool}`);
      continue;
    }
    const outcomes = await checkAll(implementation, implementation.build(workshop));
    passed += outcomes.filter((isFine) => isFine).length;
    failed += outcomes.filter((isFine) => !isFine).length;
  }
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return passed > 0 && failed === 0 ? 0 : 1;
}

/** Whether the tool exists: any failure but ENOENT is an answer of the tool. */
async function hasTool(version: Promise<unknown>): Promise<boolean> {
  try {
    await version;
    return true;
  } catch (error) {
    const { cause } = error as Error;
    return (cause as { readonly code?: unknown }).code !== "ENOENT";
  }
}

/** @returns whether each check passed; a program that cannot be built counts as one failed check */
async function checkAll(
  { name, checks }: Implementation,
  building: Promise<string>,
): Promise<boolean[]> {
  try {
    const program = await building;
    const outcomes: boolean[] = [];
    for (const [title, check] of Object.entries(checks)) {
      outcomes.push(await runCheck(`${name}: ${title}`, check, program));
    }
    return outcomes;
  } catch (error) {
    console.log(`FAILED ${name}: ${toMessage(error)}`);
    return [false];
  }
}

async function runCheck(title: string, check: Check, program: string): Promise<boolean> {
  const waiting: Limited = { signal: AbortSignal.timeout(LIMIT_MS) };
  try {
    await untilAborted(check(program, waiting), waiting.signal);
    console.log(`ok ${title}`);
    return true;
  } catch (error) {
    console.log(`FAILED ${title}: ${toMessage(error)}`);
    return false;
  }
}
