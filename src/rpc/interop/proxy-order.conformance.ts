/**
 * Pipelined calls keep their order through a proxy; every kind of proxy runs this suite.
 *
 * Three vats in a row: near, middle, far. The near vat pipelines a call on the far vat's result. That call is still on
 * its way back from the far vat when the results overtake it. Later calls have a shorter path.
 */
import { describe, expect, test } from "vitest";
import { dup, serve } from "#capnp";
import type { Client } from "#capnp";
import { connect } from "#rpc";
import { Counter, Peer } from "./generated/interop.ts";
import type { PeerServer } from "./generated/interop.ts";
import { createHeldTransports } from "./held-transport.ts";
import type { HeldTransports } from "./held-transport.ts";
import { createCounter, servePeer } from "./serve-peer.ts";

/**
 * Creates the capability that the middle vat offers, from the far vat's, which is borrowed. It must behave like a
 * `Peer`.
 */
export type Offer = (far: Peer) => Client;

export const OFFERS: readonly (readonly [name: string, offer: Offer])[] = [
  ["what the far one offers", (far) => dup(far)],
  [
    "an object of its own that calls the far one",
    (far) => {
      const kept = dup(far);
      const own: PeerServer & Disposable = {
        ...servePeer().peer,
        async hold(counter) {
          await kept.hold(counter);
        },
        getHeld: () => kept.getHeld(),
        [Symbol.dispose]: () => kept[Symbol.dispose](),
      };
      return serve(Peer, own);
    },
  ],
];

/** @param name the kind of proxy */
export function testCallOrder(name: string, offer: Offer): void {
  describe(`a pipelined call through a vat that offers ${name}`, () => {
    describe.each(["near", "middle"] as const)("reaches an object of the %s vat's", (owner) => {
      test.each([
        ["the results are known", true],
        ["only the middle vat knows the results", false],
      ])("before those that are made when %s", async (_, areKnown) => {
        await using chain = connectHeldChain(offer);
        await chain.hold(owner);
        using pending = chain.root.getHeld();
        using counter = pending.counter;
        const first = counter.add(1n);
        await chain.overtake();
        if (areKnown) await deliver([chain.near, 0]);
        const second = counter.add(10n);
        // Enough for a Disembargo and its echo, if they were not held.
        await deliver([chain.near, 1]);
        await deliver([chain.near, 0]);
        await chain.deliverAll();
        expect([(await first).total, (await second).total]).toEqual([1n, 11n]);
      });
    });
  });
}

const EMPTY = { questions: 0, answers: 0, exports: 0, imports: 0 };

interface HeldChain extends AsyncDisposable {
  /** The middle vat's bootstrap, as a client of the near vat. */
  readonly root: Peer;
  /** Between the near and the middle vat; the first end is the near vat's. */
  readonly near: HeldTransports;
  /** Makes the far vat hold a counter, which it returns from then on. */
  hold(owner: "near" | "middle"): Promise<void>;
  /** Delivers the near vat's first call to the far vat, and its Return to the middle vat, and nothing else. */
  overtake(): Promise<void>;
  /** Waits until no vat sends anything. */
  deliverAll(): Promise<void>;
}

/** All tables must be empty at the end. */
function connectHeldChain(offer: Offer): HeldChain {
  const [near, far] = [createHeldTransports(), createHeldTransports()];
  let asked = false;
  const { peer } = servePeer();
  using offered = serve(Peer, {
    ...peer,
    getHeld(context) {
      asked = true;
      return peer.getHeld(context);
    },
  });
  const farVat = connect(far.ends[1], { bootstrap: offered });
  const towardsFar = connect(far.ends[0]);
  const passedOn = towardsFar.bootstrap(Peer);
  using bootstrap = offer(passedOn);
  const towardsNear = connect(near.ends[1], { bootstrap });
  const nearVat = connect(near.ends[0]);
  const root = nearVat.bootstrap(Peer);
  const deliverAll = (): Promise<void> => deliver([near, 0], [near, 1], [far, 0], [far, 1]);
  const complete = async (call: PromiseLike<unknown>): Promise<void> => {
    const done = Promise.resolve(call);
    await deliverAll();
    await done;
  };
  return {
    root,
    near,
    deliverAll,
    async hold(owner) {
      using counter = serve(Counter, createCounter());
      await complete((owner === "near" ? root : passedOn).hold(counter));
    },
    async overtake() {
      await turn();
      // In one turn: the middle vat receives the pipelined call before its target is known.
      while (near.deliver(1));
      await turn();
      while (far.deliver(1)) {
        await turn();
        if (asked) break;
      }
      expect(asked).toBe(true);
      await deliver([far, 0]);
    },
    async [Symbol.asyncDispose]() {
      await complete(root.hold(null));
      root[Symbol.dispose]();
      passedOn[Symbol.dispose]();
      const sizes = async (): Promise<unknown> => {
        await deliverAll();
        return [nearVat.tableSizes, towardsNear.tableSizes];
      };
      // Deferred Finish and Release messages leave a little later.
      await expect.poll(sizes, { interval: 1 }).toEqual([EMPTY, EMPTY]);
      const all = [nearVat, towardsNear, towardsFar, farVat];
      expect(all.map(({ failure }) => failure)).toEqual(all.map(() => undefined));
      nearVat[Symbol.dispose]();
      towardsFar[Symbol.dispose]();
      await deliverAll();
      expect(all.map(({ tableSizes }) => tableSizes)).toEqual(all.map(() => EMPTY));
    },
  };
}

/** Delivers frames at these ends until there are none. */
async function deliver(...ends: (readonly [HeldTransports, 0 | 1])[]): Promise<void> {
  do await turn();
  while (ends.map(([transports, at]) => transports.deliver(at)).includes(true));
}

/** Runs everything that can run without a frame arriving. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
