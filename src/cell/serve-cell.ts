/** The worker's side of a cell: one component, run once. */
import { Exception, serveCalls, serveTree, toMessage } from "#base";
import type { ExitStatus, PortAnswer, PortEnd, Waiting } from "#base";
import { decodeComponent, findTrapped, instantiateComponent, rehearse } from "#component";
import { createIdleWasi, createWasi, SUSPENDING_FILES, SUSPENDING_IMPORTS } from "#wasi";
import type { Wasi, WasiImports } from "#wasi";
import { createPowers } from "./cell-scope.ts";
import type { CellPowers, CellScope } from "./cell-scope.ts";
import { formatBytes } from "./format-bytes.ts";
import type { CellPipes, PostedPipes } from "./pipes.ts";
import { joinPipes } from "./open-pipes.ts";
import { serveOwnFile } from "./own-spill.ts";
import type { OwnSpill } from "./own-spill.ts";
import { sealScope } from "./seal-scope.ts";
import type { CellOrder, CellQuestion } from "./service.ts";
import { openTtyGuest } from "./tty-pipe.ts";
import { servePool } from "./worker-pool.ts";
import type { Rehearsal } from "./worker-pool.ts";

/** Posted by the thread that started the worker. The host drives the cell over the port. */
export interface Attach {
  readonly type: "attach";
  readonly port: MessagePort;
}

type Instance = ReturnType<typeof instantiateComponent>;

/** The one component of this worker. */
interface Running {
  readonly order: CellOrder;
  readonly pipes: CellPipes;
  readonly wasi: Wasi;
  readonly ending: PromiseWithResolvers<ExitStatus>;
}

/**
 * Removes the scope's powers at once, then waits for the host's order, on the scope or on a port that it receives.
 *
 * @throws {Exception} `failed` when a power cannot be removed: no guest may run here.
 */
export function serveCell(scope: CellScope): void {
  // Sealing removes the functions that the powers are made of.
  const powers = createPowers(scope);
  sealScope(scope);
  let running: Running | undefined;
  let own: OwnSpill | undefined;
  const run = (order: CellOrder): Promise<ExitStatus> => {
    const joined = joinPipes(order.pipes, order.indexes, powers);
    const pipes = own?.isThere() === true ? { ...joined, spill: own.spill } : joined;
    const ending = Promise.withResolvers<ExitStatus>();
    const wasi = openWasi(order, powers, pipes, (code) => ending.resolve({ type: "exited", code }));
    running = { order, pipes, wasi, ending };
    return runCell(scope, running);
  };
  const answer = async (asked: unknown): Promise<PortAnswer> => {
    const question = asked as CellQuestion;
    if (question.type === "run") return { value: await run(question.order) };
    if (running === undefined) throw new TypeError("Nothing has run here");
    if (question.type === "meter") return { value: running.pipes.meter.words };
    const snapshot = running.wasi.takeSnapshot();
    // Served until the worker ends.
    serveTree(snapshot, question.port, new AbortController().signal);
    return { value: snapshot.entries };
  };
  const serve = (end: PortEnd): void => {
    serveCalls(end, answer);
    serveOwnFile(end, (opened) => (own = opened));
    servePool(end, (rehearsal) => warmUp(rehearsal, powers));
  };
  serve(scope);
  scope.addEventListener("message", (event) => {
    const { type, port } = (event as MessageEvent<Partial<Attach>>).data;
    if (type !== "attach" || port === undefined) return;
    serve(port);
    port.start();
  });
}

function openWasi(
  order: CellOrder,
  powers: CellPowers,
  { stdin, stdout, stderr, rpc, http, tty, spill, askFiles, waits, trees }: CellPipes,
  onExit: (code: number) => void,
): Wasi {
  const [tree, ...mounted] = trees;
  if (tree === undefined) throw new TypeError("A cell was given no image");
  return createWasi({
    args: [order.argv0, ...order.args],
    env: order.env,
    cwd: order.cwd,
    tty: tty && order.ttySize && openTtyGuest(tty, order.ttySize),
    terminal: order.terminal,
    stdin,
    stdout,
    stderr,
    rpc,
    http: http && { channel: http, asks: order.http?.asks === true },
    tree,
    mounts: mounted.map((mount, at) => ({ path: order.mountPaths[at] ?? "", tree: mount })),
    spill,
    askFiles,
    bare: order.bare,
    writable: order.writable,
    memoryBytes: order.limits.memoryBytes,
    openFiles: order.limits.openFiles,
    powers,
    waits,
    onExit,
  });
}

async function runCell(scope: CellScope, running: Running): Promise<ExitStatus> {
  const { order, pipes, wasi, ending } = running;
  const memories = new Set<WebAssembly.Memory>();
  const fail = (reason: unknown): void => {
    ending.resolve(toStatus(order, reason, memories));
  };
  scope.addEventListener("unhandledrejection", (event) => {
    if (event instanceof PromiseRejectionEvent) fail(event.reason);
  });
  // A module may run code when it is instantiated.
  pipes.meter.resume();
  // A thread that blocks moves the channel's frames whenever it checks the channel.
  if (order.pipes.type === "ports") void pipes.http?.run();
  runCommand(running, memories).then((code) => ending.resolve({ type: "exited", code }), fail);
  const status = await ending.promise;
  pipes.meter.end();
  await wasi.flush();
  const { stdin, stdout, stderr, rpc } = pipes;
  stdout.close();
  stderr.close();
  rpc.sink.close();
  rpc[Symbol.dispose]();
  pipes.http?.[Symbol.dispose]();
  stdin[Symbol.dispose]();
  return status;
}

/** Which imports may suspend the guest; `undefined` where its thread blocks. */
function chooseSuspending(posted: PostedPipes): ReadonlySet<string> | undefined {
  if (posted.type === "memory") return undefined;
  return posted.files === undefined ? SUSPENDING_IMPORTS : SUSPENDING_FILES;
}

/** The exit code of a program that ends by returning. */
async function runCommand(running: Running, memories: Set<WebAssembly.Memory>): Promise<number> {
  const { component, http, pipes } = running.order;
  const instance = instantiateComponent(decodeComponent(component.text), {
    imports: running.wasi.imports,
    suspending: chooseSuspending(pipes),
    // Synchronous instantiation: the worker has nothing else to do.
    instantiateCore({ index }, given) {
      const module = component.modules.get(index);
      if (module === undefined) throw new TypeError(`Component has no core module ${index}`);
      const core = new WebAssembly.Instance(module, given);
      for (const item of Object.values(core.exports)) {
        if (item instanceof WebAssembly.Memory) memories.add(item);
      }
      return core;
    },
  });
  if (http?.serves === true) return serveRequests(instance, running);
  const run = component.run === undefined ? undefined : instance.func(component.run, "run");
  if (run === undefined) {
    const state = "its program only answers HTTP requests, and was started as a command";
    throw new Exception("failed", state);
  }
  const { tag } = (await run()) as { readonly tag: "ok" | "err" };
  return tag === "ok" ? 0 : 1;
}

/** Answers requests one after the other, until the host is gone. */
async function serveRequests(instance: Instance, { order, pipes, wasi }: Running): Promise<number> {
  const { handler } = order.component;
  const { http: channel, waits } = pipes;
  const handle = handler === undefined ? undefined : instance.func(handler, "handle");
  if (handle === undefined || channel === undefined) {
    throw new Exception("failed", "its program answers no HTTP requests");
  }
  const next = {
    get ready() {
      return channel.hasRequest || channel.failure !== undefined;
    },
    wait: (options?: Waiting) => channel.arrived.wait(options),
  };
  for (;;) {
    await waits.until([next]);
    const exchange = channel.takeRequest();
    if (exchange === undefined) return 0;
    await handle(...wasi.toArguments(exchange));
    exchange.done();
  }
}

/** The status of a program that ended by throwing. */
function toStatus(
  { name, limits }: CellOrder,
  reason: unknown,
  memories: ReadonlySet<WebAssembly.Memory>,
): ExitStatus {
  const cause =
    reason instanceof Error && reason.cause instanceof Exception ? reason.cause : reason;
  if (cause instanceof Exception) {
    return { type: "trapped", message: `Cell "${name}" cannot run: ${cause.message}` };
  }
  const why = describeTrap(toMessage(reason));
  const used = describeMemory(memories, limits.memoryBytes);
  const inner = findTrapped(reason);
  const where = inner === undefined ? "" : `, in the component within it that exports "${inner}"`;
  const message = `Cell "${name}" trapped: ${why}${used}${where}; tell its author`;
  return { type: "trapped", message };
}

/** The engine's message, or what it means. */
function describeTrap(message: string): string {
  return /^unreachable( executed)?$/.test(message)
    ? 'it ran into an "unreachable" instruction, as programs do that abort'
    : message;
}

/** Names the memory if most of it is in use: allocators grow in large steps, so a guest that is refused more has most. */
function describeMemory(memories: ReadonlySet<WebAssembly.Memory>, limitBytes: number): string {
  const bytes = Math.max(0, ...[...memories].map(({ buffer }) => buffer.byteLength));
  if (bytes < limitBytes * 0.75) return "";
  const [used, limit] = [formatBytes(bytes), formatBytes(limitBytes)];
  return `, with ${used} of the ${limit} of memory that a cell may have`;
}

/**
 * Runs what every start runs (pipes, WASI, linking, the first calls of a guest), so that the engine has compiled it when a
 * cell starts. Nothing of it stays.
 */
function warmUp({ component, pipes: posted }: Rehearsal, powers: CellPowers): void {
  const pipes = joinPipes(posted, [], powers);
  const suspending = posted.type === "memory" ? undefined : SUSPENDING_IMPORTS;
  pipes.meter.resume();
  // A fourth time gains almost nothing.
  for (let times = 3; times > 0; times--) {
    const { stdin, stdout, stderr, rpc, waits } = pipes;
    const { imports } = createIdleWasi({ stdin, stdout, stderr, rpc, waits });
    rehearse(decodeComponent(component), { imports, suspending });
    speak(imports);
  }
  pipes.meter.end();
}

/** The calls that a C program makes before `main`. */
const FIRST_CALLS = [
  ["wasi:cli/environment", "getArguments"],
  ["wasi:cli/environment", "getEnvironment"],
  ["wasi:filesystem/preopens", "getDirectories"],
  ["wasi:cli/terminal-stdout", "getTerminalStdout"],
] as const;

function speak(imports: WasiImports): void {
  const call = (interfaceName: string, name: string): unknown => {
    const func = imports[interfaceName]?.[name] as () => unknown;
    return func();
  };
  for (const [interfaceName, name] of FIRST_CALLS) call(interfaceName, name);
  const stdout = call("wasi:cli/stdout", "getStdout") as OutputStream;
  if (stdout.checkWrite() > 0n) stdout.write(Uint8Array.of(10));
}

interface OutputStream {
  checkWrite(): bigint;
  write(contents: Uint8Array): void;
}
