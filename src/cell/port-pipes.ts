/** Pipes over ports, for a guest that is suspended while it waits. */
import {
  createStayAwake,
  Exception,
  gatherReads,
  openCalls,
  openPortDuplex,
  openRemoteTree,
  readField,
  serveCalls,
  serveTree,
} from "#base";
import type { Duplex, FileSession, PortDuplexOptions, Spill, TreeEntry } from "#base";
import { createReadCache } from "#vfs";
import { createSuspendingWaits } from "#wasi";
import type { AskFiles, FileCall } from "#wasi";
import { TTY_BYTES } from "./tty-pipe.ts";
import type { CellPowers } from "./cell-scope.ts";
import { createCpuMeter, METER_BYTES } from "./cpu-meter.ts";
import type { CellPipes, HostPipes, PipeOptions, PostedPorts } from "./pipes.ts";

/** The host is asked by the time that the guest needs it; what it has read, the host keeps. */
const READ_AHEAD = {
  pieceBytes: 256 * 1024,
  limitBytes: 2 * 1024 * 1024,
  aheadBytes: 1024 * 1024,
  groupBytes: 0,
};

export function openPortPipes({
  trees,
  spill,
  files,
  hasTty,
  pipeBytes,
  stdioBytes,
  http,
  gone,
}: PipeOptions): HostPipes {
  const given = { windowBytes: pipeBytes, gone };
  const stdin = openPipe({ windowBytes: stdioBytes, gone });
  const stdout = openPipe({ windowBytes: stdioBytes, gone });
  const stderr = openPipe(given);
  // This side only: it is one thread, and each cell would be another.
  const rpc = openPipe({ ...given, awake: createStayAwake() });
  const requests = http ? [openPipe(given)] : [];
  const ttys = hasTty ? [openPipe({ windowBytes: TTY_BYTES, gone })] : [];
  const [tty] = ttys;
  // These pipes go one way.
  stdin.duplex.source[Symbol.dispose]();
  stdout.duplex.sink.close();
  stderr.duplex.sink.close();
  const ports = trees.map((tree) => {
    const { port1, port2 } = new MessageChannel();
    serveTree(tree, port1, gone);
    gone.addEventListener("abort", () => port1.close(), { once: true });
    return port2;
  });
  const spillPorts = spill === undefined ? [] : [serveSpill(spill, gone)];
  const filePorts = files === undefined ? [] : [serveFiles(files, gone)];
  return {
    stdin: stdin.duplex.sink,
    stdout: gatherReads(stdout.duplex.source),
    stderr: gatherReads(stderr.duplex.source),
    rpc: rpc.duplex,
    http: requests[0]?.duplex,
    tty: tty?.duplex,
    posted: {
      type: "ports",
      pipeBytes,
      stdioBytes,
      stdin: stdin.far,
      stdout: stdout.far,
      stderr: stderr.far,
      rpc: rpc.far,
      http: requests[0]?.far,
      tty: tty?.far,
      trees: ports,
      spill: spillPorts[0],
      files: filePorts[0],
    },
    moved: [
      stdin.far,
      stdout.far,
      stderr.far,
      rpc.far,
      ...ports,
      ...spillPorts,
      ...filePorts,
    ].concat([...requests, ...ttys].map(({ far }) => far)),
    // Ports know no order among each other: the status may overtake the last bytes.
    finished: Promise.all([stdout.finished, stderr.finished, rpc.finished]).then(() => undefined),
    meter: undefined,
  };
}

export function joinPortPipes(
  posted: PostedPorts,
  indexes: readonly ReadonlyMap<string, TreeEntry>[],
  powers: CellPowers,
): CellPipes {
  const given = { windowBytes: posted.pipeBytes };
  const ahead = createReadCache(READ_AHEAD);
  const meter = createCpuMeter(new Int32Array(METER_BYTES / 4), () => powers.monotonicMs());
  return {
    stdin: openPortDuplex(posted.stdin, { windowBytes: posted.stdioBytes }).source,
    stdout: openPortDuplex(posted.stdout, given).sink,
    stderr: openPortDuplex(posted.stderr, given).sink,
    rpc: openPortDuplex(posted.rpc, given),
    http: posted.http && openPortDuplex(posted.http, given),
    tty: posted.tty && openPortDuplex(posted.tty, { windowBytes: TTY_BYTES }),
    trees: posted.trees.map((port, at) =>
      ahead.open(openRemoteTree(indexes[at] ?? new Map(), port)),
    ),
    spill: posted.spill === undefined ? undefined : openRemoteSpill(posted.spill),
    askFiles: posted.files === undefined ? undefined : openRemoteFiles(posted.files),
    waits: createSuspendingWaits(powers, meter),
    meter,
  };
}

/** Asked over a port: to keep bytes, or, with a length, for the first bytes of a slot. */
type SpillQuestion =
  | { readonly slot: number; readonly bytes: Uint8Array }
  | { readonly slot: number; readonly lengthBytes: number };

function serveSpill(spill: Spill, gone: AbortSignal): MessagePort {
  const { port1, port2 } = new MessageChannel();
  serveCalls(port1, async (question) => {
    const [slot, bytes, lengthBytes] = ["slot", "bytes", "lengthBytes"].map((name) =>
      readField(question, name),
    );
    // Which slots there are, and how long they are, the spill knows.
    if (typeof slot === "number" && bytes instanceof Uint8Array) {
      await spill.write(slot, bytes);
      return { value: undefined };
    }
    if (typeof slot !== "number" || typeof lengthBytes !== "number") {
      throw new TypeError("A spill was asked for something that is no part of a slot");
    }
    const kept = await spill.read(slot, lengthBytes);
    return { value: kept, moved: [kept.buffer] };
  });
  port1.start();
  gone.addEventListener("abort", () => port1.close(), { once: true });
  return port2;
}

function openRemoteSpill(port: MessagePort): Spill {
  const calls = openCalls(port);
  port.start();
  return {
    async write(slot, bytes) {
      // What is lent is copied: the page may change meanwhile, and is written again then.
      const copy = bytes.slice();
      await calls.call({ slot, bytes: copy } satisfies SpillQuestion, { moved: [copy.buffer] });
    },
    async read(slot, lengthBytes) {
      const bytes = await calls.call({ slot, lengthBytes } satisfies SpillQuestion);
      if (bytes instanceof Uint8Array) return bytes;
      throw new Exception("failed", "A spill answered without bytes");
    },
  };
}

/** Asked over a port: a call on shared files, with the bytes that go with it. */
interface FileQuestion {
  readonly call: FileCall;
  readonly body: Uint8Array;
}

function serveFiles(files: FileSession, gone: AbortSignal): MessagePort {
  const { port1, port2 } = new MessageChannel();
  serveCalls(port1, async (question) => {
    const body = readField(question, "body");
    if (!(body instanceof Uint8Array)) {
      throw new TypeError("A cell asked of a file what nobody can");
    }
    const answer = await files.answer(readField(question, "call"), body);
    return { value: answer, moved: [answer.buffer] };
  });
  port1.start();
  gone.addEventListener("abort", () => port1.close(), { once: true });
  return port2;
}

function openRemoteFiles(port: MessagePort): AskFiles {
  const calls = openCalls(port);
  port.start();
  return async (call, lent = NONE) => {
    // The guest's memory changes before the host has read it.
    const body = lent.slice();
    const question: FileQuestion = { call, body };
    const answer = await calls.call(question, { moved: [body.buffer] });
    if (answer instanceof Uint8Array) return answer;
    throw new Exception("failed", "A host answered without bytes");
  };
}

const NONE = new Uint8Array(0);

interface PortPipe {
  readonly duplex: Duplex;
  /** To be posted to the worker. */
  readonly far: MessagePort;
  /** Resolves when the last byte of both directions is here, or `gone` fired. */
  readonly finished: Promise<void>;
}

function openPipe(options: PortDuplexOptions): PortPipe {
  const { port1, port2 } = new MessageChannel();
  const { promise: finished, resolve } = Promise.withResolvers<void>();
  const close = port1.close.bind(port1);
  // The duplex closes its port when both directions have ended, and only then.
  port1.close = () => {
    close();
    resolve();
  };
  return { duplex: openPortDuplex(port1, options), far: port2, finished };
}
