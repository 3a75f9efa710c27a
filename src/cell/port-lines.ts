/** Pipes over ports, for a guest that is suspended while it waits. */
import { expose, transfer, wrap } from "comlink";
import { createStayAwake, openPortDuplex, openRemoteTree, serveTree } from "#base";
import type { Duplex, PortDuplexOptions, Spill, TreeEntry } from "#base";
import { createSuspendingWaits } from "#wasi";
import type { CellPowers } from "./cell-scope.ts";
import { createCpuMeter, METER_BYTES } from "./cpu-meter.ts";
import type { CellLines, HostLines, LineOptions } from "./lines.ts";

/** The far ends; all ports are transferred. */
export interface PostedPorts {
  readonly type: "ports";
  readonly pipeBytes: number;
  readonly stdin: MessagePort;
  readonly stdout: MessagePort;
  readonly stderr: MessagePort;
  readonly rpc: MessagePort;
  readonly trees: readonly MessagePort[];
  readonly spill: MessagePort | undefined;
}

export function openPortLines({ trees, spill, pipeBytes, gone }: LineOptions): HostLines {
  const given = { windowBytes: pipeBytes, gone };
  const stdin = openLine(given);
  const stdout = openLine(given);
  const stderr = openLine(given);
  // This side only: it is one thread, and each cell would be another.
  const rpc = openLine({ ...given, awake: createStayAwake() });
  // These lines go one way.
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
  return {
    stdin: stdin.duplex.sink,
    stdout: stdout.duplex.source,
    stderr: stderr.duplex.source,
    rpc: rpc.duplex,
    posted: {
      type: "ports",
      pipeBytes,
      stdin: stdin.far,
      stdout: stdout.far,
      stderr: stderr.far,
      rpc: rpc.far,
      trees: ports,
      spill: spillPorts[0],
    },
    moved: [stdin.far, stdout.far, stderr.far, rpc.far, ...ports, ...spillPorts],
    // Ports know no order among each other: the status may overtake the last bytes.
    finished: Promise.all([stdout.finished, stderr.finished, rpc.finished]).then(() => undefined),
    meter: undefined,
  };
}

export function joinPortLines(
  posted: PostedPorts,
  indexes: readonly ReadonlyMap<string, TreeEntry>[],
  powers: CellPowers,
): CellLines {
  const given = { windowBytes: posted.pipeBytes };
  const meter = createCpuMeter(new Int32Array(METER_BYTES / 4), () => powers.monotonicMs());
  return {
    stdin: openPortDuplex(posted.stdin, given).source,
    stdout: openPortDuplex(posted.stdout, given).sink,
    stderr: openPortDuplex(posted.stderr, given).sink,
    rpc: openPortDuplex(posted.rpc, given),
    trees: posted.trees.map((port, at) => openRemoteTree(indexes[at] ?? new Map(), port)),
    spill: posted.spill === undefined ? undefined : openRemoteSpill(posted.spill),
    waits: createSuspendingWaits(powers, meter),
    meter,
  };
}

/** What a spill is over a port: arrays are moved. */
interface SpillService {
  write(slot: number, bytes: Uint8Array): Promise<void>;
  read(slot: number, lengthBytes: number): Promise<Uint8Array>;
}

function serveSpill(spill: Spill, gone: AbortSignal): MessagePort {
  const { port1, port2 } = new MessageChannel();
  const service: SpillService = {
    write: async (slot, bytes) => spill.write(slot, bytes),
    async read(slot, lengthBytes) {
      const bytes = await spill.read(slot, lengthBytes);
      return transfer(bytes, [bytes.buffer]);
    },
  };
  expose(service, port1);
  gone.addEventListener("abort", () => port1.close(), { once: true });
  return port2;
}

function openRemoteSpill(port: MessagePort): Spill {
  const remote = wrap<SpillService>(port);
  return {
    // What is lent is copied: the page may change meanwhile, and is written again then.
    write: (slot, bytes) => remote.write(slot, bytes.slice()),
    read: (slot, lengthBytes) => remote.read(slot, lengthBytes),
  };
}

interface Line {
  readonly duplex: Duplex;
  /** To be posted to the worker. */
  readonly far: MessagePort;
  /** Resolves when the last byte of both directions is here, or `gone` fired. */
  readonly finished: Promise<void>;
}

function openLine(options: PortDuplexOptions): Line {
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
