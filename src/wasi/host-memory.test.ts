/** What a guest makes the host keep, besides files: a loop of calls must end, and dropped objects must make room. */
import { createPipe } from "#base";
import { expect, test } from "vitest";
import { createTestPowers, createTestWaits } from "./powers.testing.ts";
import { createWasi } from "./wasi.ts";
import type { Wasi, WasiOptions } from "./wasi.ts";

const MIB = 1024 * 1024;

function open(options: Partial<WasiOptions> = {}): Wasi {
  const { source, sink } = createPipe(0);
  return createWasi({
    args: [],
    env: [],
    memoryBytes: 8 * MIB,
    openFiles: 100,
    stdin: source,
    stdout: sink,
    stderr: sink,
    rpc: { source, sink, [Symbol.dispose]() {} },
    tree: { entries: new Map(), read: () => new Uint8Array(0) },
    powers: createTestPowers(),
    waits: createTestWaits(),
    onExit() {},
    ...options,
  });
}

interface Fields extends Disposable {
  append(name: string, value: Uint8Array): void;
  set(name: string, values: readonly Uint8Array[]): void;
  delete(name: string): void;
  get(name: string): Uint8Array[];
  clone(): Fields;
}

interface Request extends Disposable {
  setPathWithQuery(path: string): void;
  setAuthority(authority: string): void;
  setScheme(scheme: object): void;
  setMethod(method: object): void;
  headers(): Fields;
}

interface Directory {
  openAt(...args: unknown[]): Directory;
  readDirectory(): Disposable;
  createDirectoryAt(path: string): void;
}

function http({ imports }: Wasi): {
  readonly Fields: new () => Fields;
  readonly OutgoingRequest: new (headers: Fields) => Request;
} {
  return imports["wasi:http/types"] as ReturnType<typeof http>;
}

function root({ imports }: Wasi): Directory {
  const { getDirectories } = imports["wasi:filesystem/preopens"] ?? {};
  return (getDirectories as () => Array<[Directory, string]>)()[0]![0];
}

/** The number of calls before one throws, and the thrown value; fails when none throws. */
function loop(call: (at: number) => void, limit = 200_000): [count: number, thrown: unknown] {
  for (let at = 0; at < limit; at++) {
    try {
      call(at);
    } catch (thrown) {
      return [at, thrown];
    }
  }
  throw new Error("There is no end");
}

test.each([
  ["append", (fields: Fields) => fields.append("name", new Uint8Array(1).fill(120))],
  [
    "append long values",
    (fields: Fields) => fields.append("name", new Uint8Array(10_000).fill(120)),
  ],
  ["append long names", (fields: Fields) => fields.append("n".repeat(5_000), new Uint8Array(0))],
  [
    "clone",
    (fields: Fields) => (fields.append("name", new Uint8Array(1).fill(120)), fields.clone()),
  ],
])("Fields that keep all the memory there is end the guest: %s", (_, call) => {
  const wasi = open();
  const fields = new (http(wasi).Fields)();
  const [count, thrown] = loop(() => call(fields));
  expect(thrown).toBeInstanceOf(WebAssembly.RuntimeError);
  expect(thrown).toHaveProperty("message", expect.stringContaining("headers"));
  expect(count).toBeLessThan((8 * MIB) / 300);
});

test("Fields give back what is deleted, replaced or dropped", () => {
  const { Fields, OutgoingRequest } = http(open());
  const value = new Uint8Array(3 * MIB).fill(120);
  const fields = new Fields();
  for (let count = 0; count < 10; count++) {
    fields.append("a", value);
    fields.delete("A");
    fields.set("b", [value]);
    const request = new OutgoingRequest(fields.clone());
    request[Symbol.dispose]();
    expect(fields.get("B")).toHaveLength(1);
  }
  fields[Symbol.dispose]();
  const again = new Fields();
  again.append("a", value);
  again.append("a", value);
});

test.each([
  ["path", (request: Request, text: string) => request.setPathWithQuery(text)],
  ["authority", (request: Request, text: string) => request.setAuthority(text)],
  ["scheme", (request: Request, val: string) => request.setScheme({ tag: "other", val })],
  ["method", (request: Request, val: string) => request.setMethod({ tag: "other", val })],
])("OutgoingRequest refuses a %s that there is no memory for", (_, set) => {
  const { Fields, OutgoingRequest } = http(open());
  const request = new OutgoingRequest(new Fields());
  const half = "x".repeat(3 * MIB);
  set(request, half);
  expect(loop(() => set(request, half + half))).toEqual([0, undefined]);
  set(request, half);
  const other = new OutgoingRequest(new Fields());
  expect(loop(() => set(other, half))).toEqual([0, undefined]);
  request[Symbol.dispose]();
  set(other, half);
});

test("Descriptor.readDirectory() refuses streams that there is no memory for", () => {
  const tmp = root(open());
  for (let at = 0; at < 1000; at++) tmp.createDirectoryAt(`tmp/${at}`);
  const directory = tmp.openAt({}, "tmp", {}, {});
  const streams: Disposable[] = [];
  const hoard = (): [number, unknown] => loop(() => void streams.push(directory.readDirectory()));
  const [count, thrown] = hoard();
  expect(thrown).toBe("insufficient-memory");
  expect(count).toBeLessThan((8 * MIB) / 16_000);
  for (const stream of streams.splice(0)) stream[Symbol.dispose]();
  expect(hoard()).toEqual([count, "insufficient-memory"]);
});

test("createWasi() refuses arguments and an environment that there is no memory for", () => {
  const text = "x".repeat(4 * MIB);
  for (const options of [{ args: [text, text] }, { env: [[text, text]] as const }]) {
    expect(() => open(options)).toThrow(
      "its arguments and environment take more memory than it may have",
    );
  }
});
