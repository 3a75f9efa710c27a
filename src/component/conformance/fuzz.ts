/**
 * `npm run fuzz [-- --runs <number>] [--seed <number>]`: damages sample components, and components of random types. The
 * linker must either run each result, or say what is wrong with it.
 */
import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import * as fc from "fast-check";
import { Exception } from "#base";
import { echoComponent } from "../echo-component.testing.ts";
import { instantiateComponent } from "../instantiate.ts";
import type { ComponentExports } from "../instantiate.ts";
import { toCamelCase, withoutVersion } from "../names.ts";
import { listModules, parseComponent } from "../parse-component.ts";
import { surveyComponent } from "../survey.ts";
import type { Survey } from "../survey.ts";
import { arbitraryType } from "../types.testing.ts";
import { damage } from "./damage.ts";
import { SAMPLES } from "./samples.ts";

/** Sample images that `npm run guests` builds; missing ones are skipped. */
const IMAGES = ["hello-c", "pid0", "rust-pid0"].map(
  (name) => new URL(`../../../public/images/${name}/bin/main.wasm`, import.meta.url),
);
const GENERATED = 400;
/** Only components up to this size are called: the sample images are larger, and have loops. */
const SMALL_BYTES = 20_000;
/** Linking a damaged component never takes this long, even beside other work. */
const LIMIT_MS = 3_000;

/** A component, and its core modules compiled. */
export interface Sample {
  readonly bytes: Uint8Array;
  readonly modules: ReadonlyArray<readonly [bytes: Uint8Array, module: WebAssembly.Module]>;
}

export interface FuzzCounts {
  readonly runs: number;
  /** Number of components that were instantiated. */
  readonly linked: number;
}

/** Components that contain every kind of definition, and those sample images that are built. */
export async function readSamples(): Promise<readonly Sample[]> {
  const tiny = await Promise.all(SAMPLES.map(parse));
  const images = IMAGES.filter((url) => existsSync(url)).map((url) => readFileSync(url));
  return [...tiny, ...images].map(toSample);
}

/** Components that take and return values of random types. */
export async function generateSamples(): Promise<readonly Sample[]> {
  const types = fc.array(arbitraryType(3, true), { minLength: 1, maxLength: 3 });
  const signatures = fc.sample(types, { seed: 1, numRuns: GENERATED });
  const texts = signatures.map((types) => echoComponent([types], ["utf8"]));
  return (await Promise.all(texts.map(parse))).map(toSample);
}

function toSample(bytes: Uint8Array): Sample {
  const modules = listModules(parseComponent(bytes)).map(
    ({ bytes }) => [bytes, compile(bytes)] as const,
  );
  return { bytes, modules };
}

/**
 * Damages the samples in turn, and links the results.
 *
 * @throws {Error} at the first result that is neither linked nor refused properly; the message says how to reproduce it
 */
export function fuzz(samples: readonly Sample[], runs: number, seed: number): FuzzCounts {
  let linked = 0;
  for (let run = seed; run < seed + runs; run++) {
    const sample = samples[run % samples.length];
    const other = samples[(run * 7) % samples.length];
    if (sample === undefined || other === undefined) throw new TypeError("There are no samples");
    if (isLinked(sample, damage(sample.bytes, other.bytes, run), run)) linked++;
  }
  return { runs, linked };
}

/** Whether the component can be instantiated. Rethrows errors that are not proper refusals. */
function isLinked(sample: Sample, bytes: Uint8Array, run: number): boolean {
  const start = performance.now();
  let isDone = false;
  try {
    linkHarmlessly(sample, bytes);
    isDone = true;
  } catch (error) {
    if (!isProper(error)) {
      throw new Error(`Fuzzing failed: see it by "npm run fuzz -- --runs 1 --seed ${run}"`, {
        cause: error,
      });
    }
  }
  const ms = performance.now() - start;
  if (ms > LIMIT_MS) throw new Error(`Fuzzing took ${ms} ms for "--runs 1 --seed ${run}"`);
  return isDone;
}

/** Errors that the linker may throw: a refusal, an engine's error when it compiles or links, a trap. */
function isProper(error: unknown): boolean {
  const { CompileError, LinkError, RuntimeError } = WebAssembly;
  return (
    (error instanceof Exception && error.kind === "failed") ||
    [CompileError, LinkError, RuntimeError].some((kind) => error instanceof kind)
  );
}

/** Arguments for functions whose types are unknown: valid for some, none at all for others. */
const ARGUMENTS: readonly unknown[][] = [
  [],
  [[], 5, "text"],
  ["text", 5n, {}],
  [{ tag: "ok", val: [1, 2, 3] }, [{ a: 1 }]],
];

/** Instantiates the component, and calls its exports if its code is small and known to terminate. */
export function linkHarmlessly(sample: Sample, bytes: Uint8Array): void {
  const component = parseComponent(bytes);
  const survey = surveyComponent(component);
  const modules = listModules(component).map(({ bytes }) => findModule(sample, bytes));
  const instantiate = (): ComponentExports =>
    instantiateComponent(component, {
      imports: createImports(survey),
      instantiateCore: ({ index }, imports) =>
        new WebAssembly.Instance(modules[index]?.module as WebAssembly.Module, imports),
    });
  const exports = instantiate();
  const funcs = listFuncs(survey.exports);
  for (const [interfaceName, name] of funcs) exports.func(interfaceName, name);
  if (bytes.length > SMALL_BYTES || !modules.every(({ isKnown }) => isKnown)) return;
  for (const [interfaceName, name] of funcs) {
    for (const args of ARGUMENTS) {
      try {
        // A new instance for each call, since nothing runs in one that has trapped.
        instantiate().func(interfaceName, name)?.(...args);
      } catch (error) {
        if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      }
    }
  }
}

type FuncName = readonly [interfaceName: string | undefined, name: string];

function listFuncs(exports: Survey["exports"]): FuncName[] {
  const funcs: FuncName[] = [];
  for (const [name, entity] of exports) {
    if (entity.sort === "func") funcs.push([undefined, name]);
    if (entity.sort !== "instance") continue;
    for (const [member, { sort }] of entity.value) if (sort === "func") funcs.push([name, member]);
  }
  return funcs;
}

/** Undamaged modules were compiled before: large ones take milliseconds. */
function findModule(
  { modules }: Sample,
  bytes: Uint8Array,
): { readonly module: WebAssembly.Module; readonly isKnown: boolean } {
  const [, known] =
    modules.find(([of]) => of.length === bytes.length && Buffer.compare(of, bytes) === 0) ?? [];
  return { module: known ?? compile(bytes), isKnown: known !== undefined };
}

function compile(bytes: Uint8Array): WebAssembly.Module {
  return new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>);
}

/** Imports that do nothing. */
function createImports({ imports }: Survey): Record<string, Record<string, () => void>> {
  return Object.fromEntries(
    [...imports].map(([name, members]) => [
      withoutVersion(name),
      Object.fromEntries([...members.keys()].map((member) => [toCamelCase(member), doNothing])),
    ]),
  );
}

function doNothing(): void {}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { runs: { type: "string" }, seed: { type: "string" } },
  });
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  const runs = Number(values.runs ?? 100_000);
  for (const samples of [await readSamples(), await generateSamples()]) {
    const { linked } = fuzz(samples, runs, seed);
    console.log(`${runs} components from seed ${seed} on: ${linked} linked, the others refused`);
  }
}
