/** Pipes over ports, for guests that are suspended while they wait (JSPI). */
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
import { openCellChannel } from "./open-cell-channel.ts";
import type { CellPipes, HostPipes, PipeOptions, PostedPorts } from "./pipes.ts";

/** A small cache that reads ahead of the guest; the large cache is the host's. */
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
  const options = { windowBytes: pipeBytes, gone };
  const stdin = openPipe({ windowBytes: stdioBytes, gone });
  const stdout = openPipe({ windowBytes: stdioBytes, gone });
  const stderr = openPipe(options);
  // Only this side busy-waits: it is one thread, while the cells may be many.
  const rpc = openPipe({ ...options, awake: createStayAwake() });
  const requests = http ? [openPipe(options)] : [];
  const ttys = hasTty ? [openPipe({ windowBytes: TTY_BYTES, gone })] : [];
  const [tty] = ttys;
  // These pipes are one-way.
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
    // There is no order between ports, so the status may overtake the last bytes.
    finished: Promise.all([stdout.finished, stderr.finished, rpc.finished]).then(() => undefined),
    meter: undefined,
  };
}

export function joinPortPipes(
  posted: PostedPorts,
  indexes: readonly ReadonlyMap<string, TreeEntry>[],
  powers: CellPowers,
): CellPipes {
  const options = { windowBytes: posted.pipeBytes };
  const ahead = createReadCache(READ_AHEAD);
  const meter = createCpuMeter(new Int32Array(METER_BYTES / 4), () => powers.monotonicMs());
  return {
    stdin: openPortDuplex(posted.stdin, { windowBytes: posted.stdioBytes }).source,
    stdout: openPortDuplex(posted.stdout, options).sink,
    stderr: openPortDuplex(posted.stderr, options).sink,
    rpc: openPortDuplex(posted.rpc, options),
    http: posted.http && openCellChannel(openPortDuplex(posted.http, options)),
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

/** A request over a port: with bytes, to write them to a slot; with a length, to read the first bytes of the slot. */
type SpillQuestion =
  | { readonly slot: number; readonly bytes: Uint8Array }
  | { readonly slot: number; readonly lengthBytes: number };

function serveSpill(spill: Spill, gone: AbortSignal): MessagePort {
  const { port1, port2 } = new MessageChannel();
  serveCalls(port1, async (question) => {
    const [slot, bytes, lengthBytes] = ["slot", "bytes", "lengthBytes"].map((name) =>
      readField(question, name),
    );
    // The spill itself validates the slot and the length.
    if (typeof slot === "number" && bytes instanceof Uint8Array) {
      await spill.write(slot, bytes);
      return { value: undefined };
    }
    if (typeof slot !== "number" || typeof lengthBytes !== "number") {
      throw new TypeError("A cell sent an invalid request to its spill");
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
      // The bytes are lent, so they are copied. A page that changes meanwhile is written again.
      const copy = bytes.slice();
      await calls.call({ slot, bytes: copy } satisfies SpillQuestion, { moved: [copy.buffer] });
    },
    async read(slot, lengthBytes) {
      const bytes = await calls.call({ slot, lengthBytes } satisfies SpillQuestion);
      if (bytes instanceof Uint8Array) return bytes;
      throw new Exception("failed", "The host answered a read of the spill without bytes");
    },
  };
}

/** A request over a port: a call on shared files, with its body. */
interface FileQuestion {
  readonly call: FileCall;
  readonly body: Uint8Array;
}

function serveFiles(files: FileSession, gone: AbortSignal): MessagePort {
  const { port1, port2 } = new MessageChannel();
  serveCalls(port1, async (question) => {
    const body = readField(question, "body");
    if (!(body instanceof Uint8Array)) {
      throw new TypeError("A cell sent a call on files without a body");
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
    // The body is a view of the guest's memory, which changes before the host has read it.
    const body = lent.slice();
    const question: FileQuestion = { call, body };
    const answer = await calls.call(question, { moved: [body.buffer] });
    if (answer instanceof Uint8Array) return answer;
    throw new Exception("failed", "The host answered a call on files without bytes");
  };
}

const NONE = new Uint8Array(0);

interface PortPipe {
  readonly duplex: Duplex;
  /** The port to post to the worker. */
  readonly far: MessagePort;
  /** Resolves when both directions have ended, or `gone` has fired. */
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
