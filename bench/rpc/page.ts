/** The near side: measures each contestant against its own worker, in turns. */
import * as capnweb from "capnweb";
import * as comlink from "comlink";
import { allocateSharedDuplexes, openSharedDuplexes } from "#base";
import type { Duplex } from "#base";
import { connect, createPortTransport, createStreamTransport } from "#rpc";
import { race, toRow } from "../measure.ts";
import type { Row, Timing, Work } from "../measure.ts";
import type { CapnwebBench, ComlinkBench, Contest, SharedContest } from "./contestants.worker.ts";
import { Bench } from "./generated/bench.ts";

const TEXT = "0123456789abcdef0123456789abcdef";
const DATA_BYTES = 64 * 1024;
const SHARED_BYTES = 1024 * 1024;
/** What the call of an echo takes. */
const MESSAGE_BYTES = 160;

function openPort(name: Contest["name"]): MessagePort {
  const worker = new Worker(new URL("contestants.worker.ts", import.meta.url), { type: "module" });
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ name, port: port2 } satisfies Contest, [port2]);
  return port1;
}

/** A duplex to a worker that serves ours, with room for all that is in flight. */
function openShared(): Duplex {
  const worker = new Worker(new URL("contestants.worker.ts", import.meta.url), { type: "module" });
  const memory = allocateSharedDuplexes([[SHARED_BYTES, SHARED_BYTES]]);
  worker.postMessage({ name: "shared", memory } satisfies SharedContest);
  const [duplex] = openSharedDuplexes(memory, "near", {
    monotonicMs: () => performance.now(),
  }).duplexes;
  if (duplex === undefined) throw new Error("There is no duplex");
  return duplex;
}

/** What comlink's types do not know: a marked object arrives as a proxy. */
function toRemote(proxied: unknown): comlink.Remote<ComlinkBench> {
  return proxied as comlink.Remote<ComlinkBench>;
}

/** Answers come in the order of the questions, as nothing else is sent. */
function createRaw(
  port: MessagePort,
): (message: unknown, transfer?: Transferable[]) => Promise<unknown> {
  const waiting: ((message: unknown) => void)[] = [];
  let first = 0;
  port.onmessage = ({ data }) => {
    waiting[first++]?.(data);
    if (first === waiting.length) {
      waiting.length = 0;
      first = 0;
    }
  };
  return (message, transfer = []) =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port.postMessage(message, transfer);
    });
}

/** The calls of a turn in one post of bytes, which comes back as it is: what no RPC over a port can be faster than. */
function createRawTurns(port: MessagePort): (message: Uint8Array) => Promise<unknown> {
  const post = createRaw(port);
  let turn: ((answer: unknown) => void)[] = [];
  return (message) =>
    new Promise((resolve) => {
      if (turn.push(resolve) > 1) return;
      queueMicrotask(() => {
        const calls = turn;
        turn = [];
        const batch = new Uint8Array(calls.length * message.length);
        for (const at of calls.keys()) batch.set(message, at * message.length);
        void post(batch).then((answer) => calls.forEach((call) => call(answer)));
      });
    });
}

async function measure(timing: Timing): Promise<Row[]> {
  const connection = connect(createPortTransport(openPort("ours")), { lendsData: true });
  using ours = connection.bootstrap(Bench);
  const guardedConnection = connect(createPortTransport(openPort("guarded")), { lendsData: true });
  using guarded = guardedConnection.bootstrap(Bench);
  using shared = connect(createStreamTransport(openShared())).bootstrap(Bench);
  const theirs = comlink.wrap<ComlinkBench>(openPort("comlink"));
  const web = capnweb.newMessagePortRpcSession<CapnwebBench>(openPort("capnweb"));
  const raw = createRaw(openPort("raw"));
  const bytes = createRaw(openPort("raw"));
  const turns = createRawTurns(openPort("raw"));
  const copied = createRaw(openPort("copied"));
  // What all are given, and must leave as it is.
  const data = new Uint8Array(DATA_BYTES).fill(7);
  const spares: Uint8Array[] = [];
  const message = new Uint8Array(MESSAGE_BYTES).fill(7);

  const echoes: Record<
    "ours" | "shared" | "comlink" | "capnweb" | "raw" | "bytes" | "turns",
    Work
  > = {
    ours: () => ours.echo(TEXT),
    shared: () => shared.echo(TEXT),
    comlink: () => theirs.echo(TEXT),
    capnweb: () => web.echo(TEXT),
    raw: () => raw(TEXT),
    bytes: () => bytes(message.slice()),
    turns: () => turns(message),
  };
  const one = await race(echoes, 1, timing);
  const many = await race(echoes, 64, timing);
  const large = await race(
    {
      // Both sides lend what they receive, so the memory goes round.
      async ours() {
        using results = await ours.echoData(data);
        return results.data.length;
      },
      shared: () => shared.echoData(data),
      comlink() {
        const copy = data.slice();
        return theirs.echoData(comlink.transfer(copy, [copy.buffer]));
      },
      // A program that minds its memory itself.
      async again() {
        const copy = spares.pop() ?? new Uint8Array(DATA_BYTES);
        copy.set(data);
        spares.push(await theirs.echoData(comlink.transfer(copy, [copy.buffer])));
      },
      capnweb: () => web.echoData(data),
      raw() {
        const copy = data.slice();
        return raw(copy, [copy.buffer]);
      },
      copied() {
        const copy = data.slice();
        return copied(copy, [copy.buffer]);
      },
    },
    8,
    timing,
  );
  const chain = await race(
    {
      ours: () => descendAhead(ours),
      shared: () => descendAhead(shared),
      async comlink() {
        const first = toRemote(await theirs.descend());
        const second = toRemote(await first.descend());
        const third = toRemote(await second.descend());
        await third.count();
        for (const proxy of [first, second, third]) proxy[comlink.releaseProxy]();
      },
      guarded: () => descendAhead(guarded),
    },
    1,
    timing,
  );
  // Apart from the others, and side by side, as the two should hardly differ.
  const checked = await race(
    { ours: () => ours.echo(TEXT), guarded: () => guarded.echo(TEXT) },
    64,
    { turnMs: timing.turnMs, turns: timing.turns * 3 },
  );
  const capabilities = await makeMany(ours, connection);
  connection[Symbol.dispose]();
  guardedConnection[Symbol.dispose]();

  return [
    toRow("echo of 32 characters, 1 in flight, per s", one.ours, one.comlink, "comlink", 1),
    toRow("echo of 32 characters, 1 in flight, per s", one.ours, one.raw, "posted text", 0),
    toRow("echo of 32 characters, 1 in flight, per s", one.ours, one.bytes, "posted bytes", 0),
    toRow("a post of 160 bytes and back, per s", one.bytes, one.comlink, "comlink", 0),
    toRow("echo of 32 characters, 64 in flight, per s", many.ours, many.comlink, "comlink", 2),
    toRow("echo of 32 characters, 64 in flight, per s", many.ours, many.capnweb, "capnweb", 6),
    toRow("echo of 32 characters, 64 in flight, per s", many.ours, many.bytes, "posted bytes", 0),
    toRow("a post of 160 bytes and back, 64 in flight", many.bytes, many.capnweb, "capnweb", 0),
    toRow("a post for each turn of 64 such, per s", many.turns, many.capnweb, "capnweb", 0),
    toRow("64 KiB there and back, 8 in flight, per s", large.ours, large.comlink, "comlink", 1),
    toRow("64 KiB there and back, 8 in flight, per s", large.ours, large.capnweb, "capnweb", 5),
    toRow(
      "64 KiB there and back, 8 in flight, per s",
      large.ours,
      large.again,
      "comlink, arrays used again",
      0,
    ),
    toRow(
      "64 KiB there and back, 8 in flight, per s",
      large.ours,
      large.copied,
      "posted copies",
      0,
    ),
    toRow("64 KiB posted, each side its copy, per s", large.copied, large.comlink, "comlink", 0),
    toRow("64 KiB posted, each side its copy, per s", large.copied, large.capnweb, "capnweb", 0),
    toRow("64 KiB moved there and back, per s", large.raw, large.capnweb, "capnweb", 0),
    toRow("chain of 3 objects and a call, per s", chain.ours, chain.comlink, "comlink", 3),
    toRow("guarded echo, 64 in flight, per s", checked.guarded, checked.ours, "unguarded", 0.95),
    toRow("guarded chain of 3, per s", chain.guarded, chain.ours, "unguarded", 0),
    ...capabilities,
    // The same over a stream in shared memory, as cells have it.
    toRow("echo, 1 in flight, shared memory", one.shared, one.comlink, "comlink", 0),
    toRow("echo, 64 in flight, shared memory", many.shared, many.capnweb, "capnweb", 0),
    toRow("64 KiB, 8 in flight, shared memory", large.shared, large.comlink, "comlink", 0),
    toRow("64 KiB, 8 in flight, shared memory", large.shared, large.capnweb, "capnweb", 0),
    toRow("chain of 3, shared memory", chain.shared, chain.comlink, "comlink", 0),
  ];
}

async function descendAhead(root: Bench): Promise<void> {
  using first = root.descend();
  using next = first.next;
  using second = next.descend();
  using nextNext = second.next;
  using third = nextNext.descend();
  using last = third.next;
  await last.count();
}

/** Capabilities made, called and released, a thousand at a time: what is left of them. */
async function makeMany(
  root: Bench,
  connection: { readonly tableSizes: object },
): Promise<readonly Row[]> {
  const round = async (): Promise<void> => {
    await Promise.all(
      Array.from({ length: 1000 }, async () => {
        using made = root.descend();
        using next = made.next;
        await next.count();
      }),
    );
    await root.count();
  };
  for (let i = 0; i < 3; i++) await round();
  const before = await heapBytes();
  for (let i = 0; i < 10; i++) await round();
  const grown = Math.max(1, ((await heapBytes()) - before) / 10);
  const left = Object.values(connection.tableSizes).reduce(
    (sum: number, size: number) => sum + size,
    0,
  );
  // What stays is the root itself.
  const allowed = 2;
  return [
    toRow(
      "table entries after 1000 capabilities",
      left,
      allowed,
      "root only",
      1,
      allowed / Math.max(1, left),
    ),
    toRow(
      "heap growth per 1000 capabilities, bytes",
      grown,
      20_000,
      "20 bytes each",
      1,
      20_000 / grown,
    ),
  ];
}

/** What the browser's switches add to the page. */
interface Instrumented {
  readonly gc: () => void;
  readonly performance: { readonly memory: { readonly usedJSHeapSize: number } };
}

/** After what nobody waits for has left, and what was collected has been told. */
async function heapBytes(): Promise<number> {
  const page = globalThis as unknown as Instrumented;
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    page.gc();
  }
  return page.performance.memory.usedJSHeapSize;
}

Object.assign(globalThis, { measure });
