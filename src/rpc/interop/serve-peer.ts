/** The interface of the interop tests, served by this implementation; behaves as `peer.c++` does. */
import { encodeText, Exception } from "#base";
import { createPromisedClient, dup, isNull, serve } from "#capnp";
import { Membrane, WetwareSession } from "#schema";
import type { ExecutorServer, HostServer } from "#schema";
import { Counter } from "./generated/interop.ts";
import type {
  CounterServer,
  HolderServer,
  Pair,
  PeerServer,
  PoliteGreeterServer,
  StreamServer,
} from "./generated/interop.ts";

export function createCounter(onReleased?: () => void): CounterServer & Disposable {
  let total = 0n;
  let count = 0;
  return {
    add(amount) {
      count++;
      total += amount;
      return { total };
    },
    calls: () => ({ count }),
    [Symbol.dispose]: () => onReleased?.(),
  };
}

export interface ServedPeer {
  readonly peer: PeerServer;
  /** Counters made and not released. */
  readonly liveCounters: number;
  /** Releases what the peer holds. */
  letGo(): void;
}

export function servePeer(): ServedPeer {
  let liveCounters = 0;
  let canceled = 0;
  let held: Counter | undefined;
  let promised = createPromise();

  const makeCounter = (): CounterServer => {
    liveCounters++;
    return createCounter(() => void liveCounters--);
  };
  const peer: PeerServer = {
    echoAll: (value) => ({ value }),
    echoDefaults: (value) => ({ value }),
    echoShapes: (value) => ({ value }),
    echoAny: (value) => ({ value }),
    echoCap: (cap) => ({ cap: dup(cap) }),
    echoCounters: (counters) => ({ counters: counters.map((counter) => dup(counter)) }),
    makeCounter: () => ({ counter: makeCounter() }),
    makeNested: () => ({ outer: { middle: { note: "nested", counter: makeCounter() } } }),
    liveCounters: () => ({ count: liveCounters }),
    callCounter: async (counter, amount) => ({ total: (await counter.add(amount)).total }),
    hold(counter) {
      held?.[Symbol.dispose]();
      held = isNull(counter) ? undefined : dup(counter);
    },
    async callHeld(amount) {
      if (held === undefined) throw new Exception("failed", "Nothing is held");
      return { total: (await held.add(amount)).total };
    },
    getHeld: () => ({ counter: held === undefined ? null : dup(held) }),
    fail(type, reason) {
      const kinds = ["failed", "overloaded", "disconnected", "unimplemented"] as const;
      throw new Exception(kinds[type] ?? "failed", reason);
    },
    neverReturn: (_counter, { signal }) =>
      new Promise((_, reject) => {
        const aborted = (): void => {
          canceled++;
          reject(signal.reason);
        };
        if (signal.aborted) aborted();
        else signal.addEventListener("abort", aborted);
      }),
    canceled: () => ({ count: canceled }),
    promiseCounter() {
      promised = createPromise();
      return { counter: createPromisedClient(Counter, promised.promise) };
    },
    keepPromise(counter) {
      if (isNull(counter)) promised.reject(new Exception("failed", "promise was broken"));
      else promised.resolve(dup(counter));
    },
    greeter: () => ({ greeter: politeGreeter }),
    stream: () => ({ stream: createStream() }),
    holder: () => ({ holder: createHolder() }),
    tail: (callee, number) => callee.give(number),
    getNull: () => ({ counter: null }),
    membrane: () => ({ membrane: createMembrane() }),
  };
  return {
    peer,
    get liveCounters() {
      return liveCounters;
    },
    letGo() {
      held?.[Symbol.dispose]();
      held = undefined;
      promised.reject(new Exception("failed", "Nobody will keep the promise"));
    },
  };
}

function createPromise(): PromiseWithResolvers<Counter> {
  const created = Promise.withResolvers<Counter>();
  created.promise.catch(() => undefined); // the promise may have no client
  return created;
}

const politeGreeter: PoliteGreeterServer = {
  greet: (name, times) => ({ text: `hello ${name};`.repeat(times) }),
  thank: ({ number, name }) => ({ number: number + 1, name: `thank you, ${name}` }),
};

function createStream(): StreamServer {
  let sum = 0n;
  let count = 0;
  return {
    push(number) {
      if (number > 1000) throw new Exception("failed", "number is too large");
      sum += BigInt(number);
      count++;
    },
    finish: () => ({ sum, count }),
  };
}

function createHolder(): HolderServer<Pair<string, Counter>> {
  let held: Pair<string, Counter> | undefined;
  return {
    put({ first, second }) {
      held = { first, second: dup(second) };
    },
    get: () => ({
      value: held === undefined ? {} : { first: held.first, second: dup(held.second) },
    }),
  };
}

const executor: ExecutorServer = {
  echo: (message) => ({ response: `Echo: ${message}` }),
  runBytes: unimplemented,
};

const host: HostServer = {
  id: unimplemented,
  addrs: unimplemented,
  peers: unimplemented,
  connect: unimplemented,
  executor: () => ({ executor }),
};

function createMembrane(): Membrane<WetwareSession> {
  return serve(Membrane(WetwareSession), {
    graft: () => ({
      session: {
        issuedEpoch: { seq: 7n, head: encodeText("head") },
        extension: { host, executor },
      },
    }),
  });
}

function unimplemented(): never {
  throw new Exception("unimplemented", "Not needed here");
}
