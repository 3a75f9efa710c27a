/** The far side of every contestant; which one, the first message says. */
import * as capnweb from "capnweb";
import * as comlink from "comlink";
import { openSharedDuplexes } from "#base";
import type { SharedDuplexMemory } from "#base";
import { serve } from "#capnp";
import { guard } from "#caps";
import { connect, createPortTransport, createStreamTransport } from "#rpc";
import { Bench } from "./generated/bench.ts";
import { createBenchServer } from "./served.ts";

/** What the page asks for. */
export interface Contest {
  readonly name: "ours" | "guarded" | "comlink" | "capnweb" | "raw" | "copied";
  readonly port: MessagePort;
}

/** The same in shared memory, which only ours can use. */
export interface SharedContest {
  readonly name: "shared";
  readonly memory: SharedDuplexMemory;
}

/** The same for comlink, which moves and lends what is marked so. */
export interface ComlinkBench {
  echo(text: string): string;
  echoData(data: Uint8Array): Uint8Array;
  descend(): ComlinkBench;
  count(): number;
}

function createComlinkBench(): ComlinkBench {
  return {
    echo: (text) => text,
    echoData: (data) => comlink.transfer(data, [data.buffer]),
    descend: () => comlink.proxy(createComlinkBench()),
    count: () => 1,
  };
}

/** And for capnweb. */
export class CapnwebBench extends capnweb.RpcTarget {
  echo(text: string): string {
    return text;
  }
  echoData(data: Uint8Array): Uint8Array {
    return data;
  }
}

/** What is moved faster than it is cloned. */
function isLarge(data: unknown): data is Uint8Array<ArrayBuffer> {
  return data instanceof Uint8Array && data.length >= 8 * 1024;
}

const starts: Readonly<Record<Contest["name"], (port: MessagePort) => void>> = {
  ours(port) {
    using bootstrap = serve(Bench, createBenchServer());
    connect(createPortTransport(port), { bootstrap, lendsData: true });
  },
  // As every capability of a session is.
  guarded(port) {
    using bootstrap = guard(serve(Bench, createBenchServer()), Bench, () => undefined);
    connect(createPortTransport(port), { bootstrap, lendsData: true });
  },
  comlink: (port) => comlink.expose(createComlinkBench(), port),
  capnweb: (port) => void capnweb.newMessagePortRpcSession(port, new CapnwebBench()),
  raw(port) {
    port.onmessage = ({ data }: MessageEvent<unknown>) =>
      port.postMessage(data, isLarge(data) ? [data.buffer] : []);
  },
  // Like a server that keeps what it was sent, and what it sends.
  copied(port) {
    port.onmessage = ({ data }: MessageEvent<Uint8Array>) => {
      const copy = data.slice();
      port.postMessage(copy, [copy.buffer]);
    };
  },
};

globalThis.onmessage = ({ data }: MessageEvent<Contest | SharedContest>) => {
  if (data.name !== "shared") return starts[data.name](data.port);
  const [duplex] = openSharedDuplexes(data.memory, "far", {
    monotonicMs: () => performance.now(),
  }).duplexes;
  if (duplex === undefined) throw new Error("There is no duplex");
  using bootstrap = serve(Bench, createBenchServer());
  connect(createStreamTransport(duplex), { bootstrap });
};
