import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { readDoorExamples, toModule } from "./door-examples.testing.ts";

const FOLDER = ".cache/door-examples";
const TSC = "node_modules/typescript/bin/tsc";

/** Declarations of the names that an example neither declares nor imports, by its door. */
const GIVEN: Readonly<Record<string, string>> = {
  "#agent": `
    declare const sandbox: import("#schema").Sandbox;
    declare const now: import("#agent").AgentPowers["now"];
    declare const startTimer: import("#agent").AgentPowers["startTimer"];
    declare const randomBytes: import("#agent").AgentPowers["randomBytes"];`,
  "#capnp": `declare const runBytes: import("#schema").ExecutorServer["runBytes"];`,
  "#caps": `
    declare const clock: import("#caps").Clock;
    declare const executor: import("#schema").Executor;
    declare const head: Uint8Array;
    declare const newHead: Uint8Array;
    declare const devices: Omit<
      import("#caps").MembranePowers,
      "epochs" | "account" | "blobs" | "powerbox" | "holder"
    >;
    declare const toCid: (sha256: Uint8Array) => string;
    declare const powerbox: import("#caps").MembranePowers["powerbox"];
    declare const transport: import("#rpc").Transport;`,
  "#cell": `
    declare const bytes: Uint8Array;
    declare const limits: import("#cell").CompileLimits;
    declare const tree: import("#base").EventualTree & import("#base").FileTree;
    declare const spawn: () => import("#cell").WorkerLike;
    declare const mode: import("#base").CellMode;
    declare const monotonicMs: () => number;
    declare const signal: AbortSignal;
    declare const terminal: import("#base").ByteSink;`,
  "#cli": `declare const page: { goto(url: string): Promise<unknown> };`,
  "#component": `declare const bytes: Uint8Array;`,
  "#http": `
    declare const clock: import("#caps").Clock;
    declare const fetch: Parameters<typeof createTabSender>[0];`,
  "#image": `
    declare const show: (reason: string) => void;
    declare const blocks: import("#image").BlockSource;
    declare const signal: AbortSignal;
    declare const base: import("#image").LinkedTree;
    declare const snapshot: import("#base").Snapshot;
    declare const blockstore: import("#image").WritableBlockstore;`,
  "#kernel": `
    declare const url: URL;
    declare const devices: Parameters<typeof startKernel>[1];`,
  "#net": `
    declare const datastore: Parameters<typeof startNode>[0]["datastore"];
    declare const config: { readonly relays: readonly string[] };
    declare const show: (...what: readonly unknown[]) => void;
    declare const blockstore: Parameters<typeof openContent>[0]["blockstore"];
    declare const cid: Parameters<import("#net").Content["get"]>[0];
    declare const signal: AbortSignal;`,
  "#rpc": `
    declare const port: MessagePort;
    declare const host: import("#schema").HostServer;`,
  // From a program's own schema.
  "#rpc/package": `
    interface GreeterServer {
      greet(name: string): { readonly text: string };
    }
    interface Greeter extends Client<GreeterServer> {
      greet(name: string): Call<{ readonly text: string }>;
    }
    declare const Greeter: InterfaceType<Greeter>;`,
  "#schema/later": `declare const connection: import("#rpc").Connection;`,
  "#schema": `declare const hostServer: import("#schema").HostServer;`,
  "#ui": `declare const powers: Parameters<typeof startApp>[1];`,
  "#vfs": `
    declare const tree: import("#base").EventualTree;
    declare const data: import("#base").EventualTree;
    declare const nowNs: () => bigint;`,
  "#wasi": `
    declare const stdin: import("#base").ByteSource;
    declare const stdout: import("#base").ByteSink;
    declare const stderr: import("#base").ByteSink;
    declare const rpc: import("#base").Duplex;
    declare const tree: import("#base").EventualTree;
    declare const powers: import("#wasi").WasiPowers;
    declare const waits: import("#wasi").Waits;
    declare const onExit: (code: number) => void;
    declare const component: Parameters<typeof instantiateComponent>[0];
    declare const instantiateCore: Parameters<typeof instantiateComponent>[1]["instantiateCore"];`,
};

const ROOMS = [
  "base",
  "capnp",
  "schema",
  "rpc",
  "rpc/package",
  "image",
  "vfs",
  "component",
  "wasi",
  "cell",
  "net",
  "http",
  "caps",
  "kernel",
  "agent",
  "ui",
  "cli",
];

test("every door's example compiles", async () => {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  const examples = readDoorExamples();
  const doors = [
    ...ROOMS.map((room) => `#${room}`),
    "#capnp/wire",
    "#schema/later",
    "../../guests/sdk/index.ts",
  ];
  expect(examples.map(({ door }) => door).toSorted()).toEqual(doors.toSorted());
  for (const example of examples) {
    const name = example.door.replaceAll(/[^a-z]+/g, "-").replace(/^-/, "");
    await writeFile(join(FOLDER, `${name}.ts`), toModule(example, GIVEN[example.door] ?? ""));
  }
  const config = {
    extends: "../../tsconfig.base.json",
    include: ["*.ts"],
    compilerOptions: {
      outDir: "out",
      lib: ["ESNext", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
      types: ["node"],
    },
    references: [...ROOMS.map((room) => ({ path: `../../src/${room}` })), { path: "../../guests" }],
  };
  await writeFile(join(FOLDER, "tsconfig.json"), JSON.stringify(config));
  expect(await compile()).toBe("");
}, 120_000);

/** The compiler's output; empty if there are no errors. */
async function compile(): Promise<string> {
  try {
    await promisify(execFile)(process.execPath, [TSC, "-b", FOLDER]);
    return "";
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}
