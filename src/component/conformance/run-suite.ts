/** Runs the component model's own tests on the linker, as far as they concern WASI 0.2. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { DIFFERENCES, findDifference } from "./differences.ts";
import { runScript } from "./run-script.ts";
import type { Outcome } from "./run-script.ts";

/**
 * Runs all scripts (`.wast`) below the folder, and prints a line for each script, and one for each directive that
 * failed.
 *
 * @returns whether there were scripts, and all failures are known differences
 */
export async function runSuite(folder: string): Promise<boolean> {
  const names = await readdir(folder, { recursive: true });
  const scripts = names.filter((name) => name.endsWith(".wast")).toSorted();
  const all: Outcome[] = [];
  for (const name of scripts) {
    const outcomes = await runScript(await readFile(join(folder, name), "utf8"), parse);
    all.push(...outcomes);
    console.log(`${name}: ${describe(outcomes)}`);
    for (const { line, directive, failure } of failuresOf(outcomes)) {
      console.log(`  line ${line}, ${directive}: ${failure ?? ""}`);
    }
  }
  for (const { name, why } of DIFFERENCES) {
    const count = all.filter((outcome) => differenceOf(outcome) === name).length;
    if (count > 0) console.log(`differs ${count} times: ${name}, since ${why}`);
  }
  const failed = failuresOf(all).length;
  console.log(`${describe(all)}\n${all.length - failed} passed, ${failed} failed`);
  return scripts.length > 0 && failed === 0;
}

function describe(outcomes: readonly Outcome[]): string {
  const differing = outcomes.filter((outcome) => differenceOf(outcome) !== undefined).length;
  const later = outcomes.filter(({ isLater }) => isLater).length;
  const failed = failuresOf(outcomes).length;
  const asSaid = outcomes.length - differing - later - failed;
  return `${asSaid} as the reference, ${differing} differ as named, ${later} of WASI 0.3, ${failed} failed`;
}

function differenceOf({ failure, isLater }: Outcome): string | undefined {
  return failure === undefined || isLater ? undefined : findDifference(failure)?.name;
}

function failuresOf(outcomes: readonly Outcome[]): readonly Outcome[] {
  return outcomes.filter(
    (outcome) =>
      outcome.failure !== undefined && !outcome.isLater && differenceOf(outcome) === undefined,
  );
}
