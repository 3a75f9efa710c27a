/** Glue that is hostile, in a real cell worker: what it finds when it looks around. */
import { decodeText, readAll } from "#base";
import { afterAll, expect, test } from "vitest";
import type { Artefact } from "./artefact.ts";
import { NO_FILES, startBench } from "./bench.testing.ts";

const bench = startBench();
afterAll(() => bench[Symbol.dispose]());

/** An artefact whose glue runs the given function body; `print` writes to standard output. */
function glueOf(body: string): Artefact {
  const glue = `export async function instantiate(getCoreModule, imports) {
    const out = imports["wasi:cli/stdout"].getStdout();
    const print = (text) => out.blockingWriteAndFlush(new TextEncoder().encode(text + " "));
    return { run: { async run() { ${body} } } };
  }`;
  return { key: "hostile", mode: "jspi", glue, modules: new Map(), imports: [], run: "run" };
}

async function printed(body: string): Promise<string> {
  await using cell = bench.startArtefact(glueOf(body), { tree: NO_FILES });
  const text = decodeText(await readAll(cell.stdout, 10_000));
  expect(await cell.exited).toEqual({ type: "exited", code: 0 });
  return text.trim();
}

const REACHES_OUT = [
  "fetch",
  "WebSocket",
  "WebTransport",
  "EventSource",
  "XMLHttpRequest",
  "Worker",
  "BroadcastChannel",
  "importScripts",
  "indexedDB",
  "caches",
  "navigator",
  "location",
];

test("sealScope() leaves no way out by name", async () => {
  const look = `for (const name of ${JSON.stringify(REACHES_OUT)}) {
    if (globalThis[name] !== undefined || name in globalThis) await print(name);
  }
  await print("looked");`;
  // The same names are there in a worker that is not sealed.
  const source = `postMessage(${JSON.stringify(REACHES_OUT)}.filter((name) => name in globalThis))`;
  const open = new Worker(URL.createObjectURL(new Blob([source])));
  const names = await new Promise((resolve) => {
    open.addEventListener("message", ({ data }) => resolve(data), { once: true });
  });
  open.terminate();
  expect(names).toEqual(REACHES_OUT);
  expect(await printed(look)).toBe("looked");
});

test("sealScope() leaves no way out by the prototypes of the scope", async () => {
  const look = `for (let at = globalThis; at !== null; at = Object.getPrototypeOf(at)) {
    for (const name of ${JSON.stringify(REACHES_OUT)}) {
      if (Object.getOwnPropertyDescriptor(at, name)?.value !== undefined) await print(name);
      if (Object.getOwnPropertyDescriptor(at, name)?.get !== undefined) await print(name);
    }
  }
  await print("looked");`;
  expect(await printed(look)).toBe("looked");
});

test("startCell() turns an error that nobody handles into a status", async () => {
  await using cell = bench.startArtefact(
    glueOf(`void Promise.reject(new Error("left behind")); await new Promise(() => {});`),
  );
  expect(await cell.exited).toEqual({
    type: "trapped",
    message: 'Cell "guest" trapped: left behind; tell its author',
  });
  await using other = bench.startArtefact(
    glueOf(`setTimeout(() => { throw new Error("out of turn"); }); await new Promise(() => {});`),
  );
  expect(await other.exited).toEqual({
    type: "trapped",
    message: expect.stringContaining("out of turn"),
  });
});

test("startCell() tells of glue that does not even load", async () => {
  await using cell = bench.startArtefact({ ...glueOf(""), glue: "export const instantiate = ;" });
  expect(await cell.exited).toMatchObject({ type: "trapped" });
});
