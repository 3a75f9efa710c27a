/** The contestants: the linker, what jco makes of the same component, and the platform by itself. Runs in Node and in workers. */
import {
  compileCores,
  instantiateComponent,
  listModules,
  parseComponent,
  surveyComponent,
} from "#component";
import type { Component, HostImports } from "#component";
import { createIdleWasi } from "#wasi";
import { raceTimes, raceTrials, timed, toRow, toRowAtMost } from "../measure.ts";
import type { Row, Timing, Trial } from "../measure.ts";
import { HOST_CALLS } from "./host-calls.ts";
import type { HostCall } from "./host-calls.ts";

/** What jco makes of a component. */
export interface Transpiled {
  readonly glue: string;
  readonly cores: ReadonlyMap<string, Uint8Array>;
}

/** How a place runs generated code, which the linker needs not. */
export interface Place {
  /** For the table. */
  readonly name: string;
  transpile(component: Uint8Array): Promise<Transpiled>;
  /** The module that the text is. */
  importText(text: string): Promise<unknown>;
}

/** A component, how large it is said to be, and what is to be reached. */
export interface Size {
  readonly name: string;
  readonly component: Uint8Array;
  readonly timesJco: number;
  readonly timesBare: number;
  /** How many rounds for each that is asked for: what is small takes longer to be warm. */
  readonly roundsTimes: number;
}

type Instantiate = (
  getCore: (name: string) => WebAssembly.Module | undefined,
  imports: unknown,
  instantiateCore: (
    module: WebAssembly.Module,
    imports?: WebAssembly.Imports,
  ) => WebAssembly.Instance,
) => Promise<Record<string, unknown>>;

/** From bytes to what could run its first instruction. */
export async function measureStarts(
  place: Place,
  sizes: readonly Size[],
  rounds: number,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { name, component, timesJco, timesBare, roundsTimes } of sizes) {
    const recorded = await recordCores(component);
    const times = await raceTimes(
      {
        ours: () => timed(() => startLinked(component)),
        jco: () => timed(() => startTranspiled(place, component)),
        bare: () => timed(() => startBare(recorded)),
      },
      rounds * roundsTimes,
    );
    const measure = `${place.name}: ${name} to its first instruction, ms`;
    rows.push(
      toRow(measure, times.ours, times.jco, "jco", timesJco, times.jco / times.ours),
      toRowAtMost(measure, times.ours, times.bare, "its core modules", timesBare),
    );
  }
  return rows;
}

/** What one call of a host function costs. */
export async function measureCalls(
  place: Place,
  component: Uint8Array,
  timing: Timing,
): Promise<Row[]> {
  const imports = createCallImports();
  const linked = link(parseComponent(component), await compile(component), imports);
  const { glue, cores } = await place.transpile(component);
  const generated = await instantiateGlue(place, glue, cores, imports);
  const rows: Row[] = [];
  for (const name of Object.keys(HOST_CALLS) as HostCall[]) {
    const rates = await raceTrials(
      {
        ours: toTrial(linked.func(undefined, name) as Loop),
        jco: toTrial(generated[name] as Loop),
      },
      timing,
    );
    rows.push(
      toRow(
        `${place.name}: host call "${name}", ns`,
        1e9 / rates.ours,
        1e9 / rates.jco,
        "jco",
        1,
        rates.ours / rates.jco,
      ),
    );
  }
  return rows;
}

async function startLinked(bytes: Uint8Array): Promise<void> {
  const component = parseComponent(bytes);
  surveyComponent(component);
  link(component, await compile(bytes, component), createIdleWasi().imports);
}

async function compile(
  bytes: Uint8Array,
  component: Component = parseComponent(bytes),
): Promise<readonly WebAssembly.Module[]> {
  return compileCores(listModules(component).map((module) => module.bytes));
}

function link(
  component: Component,
  modules: readonly WebAssembly.Module[],
  imports: HostImports,
): ReturnType<typeof instantiateComponent> {
  return instantiateComponent(component, {
    imports,
    instantiateCore: ({ index }, given) =>
      new WebAssembly.Instance(modules[index] as WebAssembly.Module, given),
  });
}

async function startTranspiled(place: Place, component: Uint8Array): Promise<void> {
  const { glue, cores } = await place.transpile(component);
  await instantiateGlue(place, glue, cores, createIdleWasi().imports);
}

async function instantiateGlue(
  place: Place,
  glue: string,
  cores: ReadonlyMap<string, Uint8Array>,
  imports: HostImports,
): Promise<Record<string, unknown>> {
  const compiled = await Promise.all(
    [...cores].map(
      async ([name, bytes]) =>
        [name, await WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>)] as const,
    ),
  );
  const modules = new Map(compiled);
  const { instantiate } = (await place.importText(glue)) as { readonly instantiate: Instantiate };
  return instantiate(
    (name) => modules.get(name),
    imports,
    (module, given) => new WebAssembly.Instance(module, given),
  );
}

interface Core {
  readonly bytes: Uint8Array;
  readonly imports: WebAssembly.Imports;
}

/** The core modules in the order in which they are instantiated, with what they are given. */
async function recordCores(bytes: Uint8Array): Promise<readonly Core[]> {
  const modules = await compile(bytes);
  const cores: Core[] = [];
  const component = parseComponent(bytes);
  instantiateComponent(component, {
    imports: createIdleWasi().imports,
    instantiateCore({ index, bytes: core }, imports) {
      cores.push({ bytes: core, imports });
      return new WebAssembly.Instance(modules[index] as WebAssembly.Module, imports);
    },
  });
  return cores;
}

async function startBare(cores: readonly Core[]): Promise<void> {
  const modules = await Promise.all(
    cores.map(({ bytes }) => WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>)),
  );
  modules.forEach((module, at) => new WebAssembly.Instance(module, cores[at]?.imports));
}

/** Functions that do nothing, so that what is measured is the way to them. */
function createCallImports(): HostImports {
  class Pollable {
    [Symbol.dispose](): void {}
  }
  class OutputStream {
    written = 0;
    checkWrite(): bigint {
      return 4096n;
    }
    subscribe(): Pollable {
      return new Pollable();
    }
    write(contents: Uint8Array): void {
      this.written += contents.length;
    }
    [Symbol.dispose](): void {}
  }
  const sixteen = new Uint8Array(16);
  return {
    "wasi:io/poll": { Pollable },
    "wasi:io/error": { Error: Pollable },
    "wasi:io/streams": { OutputStream },
    "wasi:cli/stdout": { getStdout: () => new OutputStream() },
    "wasi:clocks/monotonic-clock": { now: () => 5n },
    "wasi:random/random": { getRandomBytes: () => sixteen },
  };
}

type Loop = (count: number) => unknown;
const CALLS = 20_000;

/** Calls in a second. */
function toTrial(loop: Loop): Trial {
  return async (forMs) => {
    const start = performance.now();
    let done = 0;
    for (; performance.now() - start < forMs; done += CALLS) loop(CALLS);
    return (done * 1000) / (performance.now() - start);
  };
}
