import { expect, test } from "vitest";
import type { Artefact } from "./artefact.ts";
import { createArtefacts, TRANSPILER } from "./artefacts.ts";
import type { Artefacts } from "./artefacts.ts";
import { command, ECHO, RETURNS_ERR, RETURNS_OK, STREAM_IMPORTS } from "./guests.testing.ts";
import type { CellMode } from "./mode.ts";
import { transpileComponent } from "./transpile.ts";
import type { Transpiled } from "./transpile.ts";

/** Artefacts over a store in memory; each session has its own, as after a reload. */
function openBench(): {
  entries: Map<string, Uint8Array>;
  startSession(mode?: CellMode): Artefacts;
  readonly transpiled: number;
} {
  const entries = new Map<string, Uint8Array>();
  let transpiled = 0;
  return {
    entries,
    startSession: (mode = "jspi") =>
      createArtefacts({
        transpiler: {
          transpile(component, mode): Promise<Transpiled> {
            transpiled++;
            return transpileComponent(component, mode);
          },
        },
        mode,
        script: "",
        store: {
          get: (key) => Promise.resolve(entries.get(key)),
          async put(key, entry) {
            entries.set(key, entry);
          },
        },
      }),
    get transpiled() {
      return transpiled;
    },
  };
}

test("get() transpiles a component once, in this session and in later ones", async () => {
  const bench = openBench();
  const component = await command(ECHO, STREAM_IMPORTS, "0.2.3");
  const session = bench.startSession();
  const [first, second] = await Promise.all([session.get(component), session.get(component)]);
  expect(second).toBe(first);
  expect(bench.transpiled).toBe(1);
  expect(first.run).toBe("wasi:cli/run@0.2.3");
  expect(first.imports).toContain("wasi:io/streams");
  expect(first.key).toMatch(new RegExp(`^${TRANSPILER}-jspi-[0-9a-f]{64}$`));
  expect([...first.modules.values()].every((made) => made instanceof WebAssembly.Module)).toBe(
    true,
  );

  const later = await bench.startSession().get(component);
  expect(bench.transpiled).toBe(1);
  expect(await fetchText(later)).toBe(await fetchText(first));
  expect([...later.modules.keys()]).toEqual([...first.modules.keys()]);
});

test.each<[string, (entry: Uint8Array) => Uint8Array]>([
  ["altered in its glue", (entry) => entry.with(1000, (entry[1000] ?? 0) ^ 1)],
  ["altered at its end", (entry) => entry.with(entry.length - 1, (entry.at(-1) ?? 0) ^ 1)],
  ["cut", (entry) => entry.subarray(0, 500)],
  ["cut within its hash", (entry) => entry.subarray(0, 7)],
  ["empty", () => new Uint8Array(0)],
])("get() notices a stored entry that is %s, and makes it again", async (_, damage) => {
  const bench = openBench();
  const component = await command(RETURNS_OK);
  const { key } = await bench.startSession().get(component);
  const whole = bench.entries.get(key) ?? new Uint8Array(0);
  bench.entries.set(key, damage(whole));
  await bench.startSession().get(component);
  expect(bench.transpiled).toBe(2);
  expect(bench.entries.get(key)).toEqual(whole);
});

test("get() works with a store that fails", async () => {
  const artefacts = createArtefacts({
    mode: "jspi",
    script: "",
    transpiler: { transpile: transpileComponent },
    store: {
      get: () => Promise.reject(new Error("Storage is forbidden")),
      put: () => Promise.reject(new Error("Storage is full")),
    },
  });
  expect((await artefacts.get(await command(RETURNS_OK))).modules.size).toBeGreaterThan(0);
});

test("get() asks again after a failure", async () => {
  let broken = true;
  const artefacts = createArtefacts({
    mode: "jspi",
    script: "",
    transpiler: {
      transpile: (component, mode) =>
        broken ? Promise.reject(new Error("worker died")) : transpileComponent(component, mode),
    },
    store: { get: () => Promise.resolve(undefined), put: () => Promise.resolve() },
  });
  const component = await command(RETURNS_OK);
  await expect(artefacts.get(component)).rejects.toThrow("worker died");
  broken = false;
  expect((await artefacts.get(component)).run).toBe("wasi:cli/run@0.2.0");
});

test("get() stops waiting at its signal, without stopping others", async () => {
  const bench = openBench();
  const session = bench.startSession();
  const component = await command(RETURNS_ERR);
  const stop = new AbortController();
  const mine = session.get(component, { signal: stop.signal });
  const other = session.get(component);
  stop.abort(new Error("no longer wanted"));
  await expect(mine).rejects.toThrow("no longer wanted");
  expect((await other).modules.size).toBeGreaterThan(0);
  expect(bench.transpiled).toBe(1);
});

test("get() tells what jco cannot transpile in one sentence", async () => {
  const bench = openBench();
  const component = await command(RETURNS_OK);
  // A section of an unknown kind before all others: names can still be read.
  const odd = Uint8Array.of(...component.subarray(0, 8), 99, 0, ...component.subarray(8));
  await expect(bench.startSession().get(odd)).rejects.toThrow(
    /^Cannot transpile component: [^\n]+$/,
  );
});

test("TRANSPILER names the version of jco that is installed", async () => {
  const url = new URL("../../node_modules/@bytecodealliance/jco/package.json", import.meta.url);
  const { default: manifest } = (await import(/* @vite-ignore */ url.href, {
    with: { type: "json" },
  })) as { default: { version: string } };
  expect(TRANSPILER).toContain(`jco-${manifest.version}-`);
});

test("get() makes another artefact for another way to wait", async () => {
  const bench = openBench();
  const component = await command(ECHO, STREAM_IMPORTS);
  const suspended = await bench.startSession("jspi").get(component);
  const blocking = await bench.startSession("shared-memory").get(component);
  expect(bench.transpiled).toBe(2);
  expect(await fetchText(blocking)).not.toBe(await fetchText(suspended));
  expect(blocking.key).not.toBe(suspended.key);
  expect(blocking.mode).toBe("shared-memory");
});

async function fetchText({ address }: Artefact): Promise<string> {
  return (await fetch(address)).text();
}
