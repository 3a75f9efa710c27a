/*
 * A peer that sends random messages of every kind with plausible ids, the same with altered bytes, and noise, while
 * this side has calls in flight. The vat must neither throw nor hang, sends nothing after an Abort, and has empty
 * tables at the end, which the harness checks.
 */
import {
  array,
  assert,
  asyncProperty,
  boolean,
  constant,
  constantFrom,
  integer,
  nat,
  oneof,
  record,
  tuple,
  uint8Array,
} from "fast-check";
import type { Arbitrary } from "fast-check";
import { expect, test } from "vitest";
import { Exception } from "#base";
import { MessageBuilder, NULL_CAPABILITY } from "#capnp/wire";
import type { PointerBuilder } from "#capnp/wire";
import { Peer } from "./interop/generated/interop.ts";
import { connectRawPeer, COUNTER_ID, PEER_ID, space, turn } from "./raw-peer.testing.ts";
import type { RawPeer } from "./raw-peer.testing.ts";
import { createCounter } from "./interop/serve-peer.ts";
import type { Descriptor, Target } from "./wire.ts";
import {
  buildBootstrap,
  buildCall,
  buildDisembargo,
  buildFinish,
  buildRelease,
  buildResolve,
  writeDescriptor,
} from "./build-message.ts";
import * as tags from "./message-tags.ts";

const id = oneof({ weight: 9, arbitrary: nat(5) }, { weight: 1, arbitrary: nat(2 ** 31) });
const path = array(nat(2), { maxLength: 3 });
const target: Arbitrary<Target> = oneof(
  record({ type: constant("import" as const), id }),
  record({ type: constant("answer" as const), questionId: id, path }),
);
const descriptor: Arbitrary<Descriptor> = oneof(
  record({
    type: constantFrom(
      "senderHosted" as const,
      "senderPromise" as const,
      "receiverHosted" as const,
    ),
    id,
  }),
  record({ type: constant("receiverAnswer" as const), questionId: id, path }),
  constantFrom<Descriptor>({ type: "none" }, { type: "unknown" }),
);
const descriptors = array(descriptor, { maxLength: 3 });

const call = record({
  id,
  target,
  interfaceId: constantFrom(PEER_ID, COUNTER_ID),
  methodId: nat(25),
  descriptors,
  kind: constantFrom(0, 0, 0, 1, 2),
}).map(({ kind, ...call }) => {
  const payload = buildCall(space, call.id, call.target, {
    ...call,
    noPipelining: call.id % 2 === 0,
  });
  fillPayload(payload.content.initStruct(2, 2).pointer(0), payload.table, call.descriptors);
  const frame = payload.message.toFrame().slice();
  // The call's third word, after the frame's table, the root pointer, the root and its pointer: where results go.
  frame[8 + 3 * 8 + 6] = kind;
  return frame;
});

const returned = record({ id, kind: nat(6), taken: id, release: boolean(), descriptors }).map(
  ({ kind, ...outcome }) => {
    const message = new MessageBuilder();
    const root = message.root.initStruct(1, 1);
    root.setUint16(0, tags.RETURN);
    const body = root.pointer(0).initStruct(2, 1);
    body.setUint32(0, outcome.id);
    body.setBool(32, outcome.release, true);
    body.setUint16(6, kind);
    body.setUint32(8, outcome.taken);
    if (kind === 0) {
      const payload = body.pointer(0).initStruct(0, 2);
      fillPayload(
        payload.pointer(0).initStruct(0, 2).pointer(0),
        payload.pointer(1),
        outcome.descriptors,
      );
    }
    return message.toFrame();
  },
);

function fillPayload(
  content: PointerBuilder,
  table: PointerBuilder,
  given: readonly Descriptor[],
): void {
  if (given.length === 0) return;
  // On the wire, a capability is an index into the table.
  content.setCapability(NULL_CAPABILITY);
  const list = table.initStructList(given.length, 1, 1);
  given.forEach((one, at) => writeDescriptor(list.struct(at), one));
}

const build = (make: () => MessageBuilder): Uint8Array => make().toFrame().slice();
const other = oneof(
  id.map((question) => build(() => buildBootstrap(space, question))),
  tuple(id, boolean()).map((finish) => build(() => buildFinish(space, ...finish))),
  tuple(id, nat(3)).map((release) => build(() => buildRelease(space, ...release))),
  tuple(id, oneof(descriptor, constant(new Exception("failed", "Broken")))).map((resolve) =>
    build(() => buildResolve(space, ...resolve)),
  ),
  tuple(target, constantFrom("senderLoopback" as const, "receiverLoopback" as const), nat(2)).map(
    (disembargo) => build(() => buildDisembargo(space, ...disembargo)),
  ),
);
const message = oneof(
  { weight: 6, arbitrary: call },
  { weight: 4, arbitrary: other },
  { weight: 3, arbitrary: returned },
);
/** A message with some of its bytes changed, its segment table left alone. */
const mutated = tuple(message, array(tuple(nat(2000), nat(255)), { maxLength: 4 })).map(
  ([frame, changes]) => {
    const copy = frame.slice();
    for (const [at, byte] of changes) copy[8 + (at % (copy.length - 8))] = byte;
    return copy;
  },
);
const noise = uint8Array({ maxLength: 64 }).map((bytes) => {
  const frame = new Uint8Array(8 + Math.ceil(bytes.length / 8) * 8);
  frame[4] = frame.length / 8 - 1;
  frame.set(bytes, 8);
  return frame;
});
/** A call of this side: its target, its parameters, and whether it is cancelled. */
const own = record({ own: integer({ min: 0, max: 5 }), abort: boolean() });

test(
  "connect() survives random messages of every kind",
  () => run(oneof(message, own), 150),
  60_000,
);
test("connect() survives messages with changed bytes", () => run(oneof(mutated, own), 150), 60_000);
test("connect() survives noise", () => run(noise, 100), 60_000);

async function run(
  step: Arbitrary<Uint8Array | { readonly own: number; readonly abort: boolean }>,
  numRuns: number,
): Promise<void> {
  await assert(
    asyncProperty(array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
      const calls: Promise<unknown>[] = [];
      {
        await using peer = connectRawPeer({ openCalls: 50, exports: 50 });
        using root = peer.connection.bootstrap(Peer);
        peer.send(build(() => buildBootstrap(space, 0)));
        for (const [at, one] of steps.entries()) {
          if (one instanceof Uint8Array) peer.send(one);
          else calls.push(callOut(root, one.own, one.abort));
          if (at % 3 === 0) await turn();
        }
        await turn();
        await turn();
        expectQuietAfterAbort(peer);
      }
      // All calls have settled.
      const settled = Promise.allSettled(calls).then(() => "settled");
      expect(
        await Promise.race([
          settled,
          turn()
            .then(turn)
            .then(() => "late"),
        ]),
      ).toBe("settled");
    }),
    { numRuns, seed: 20_261, endOnFailure: true },
  );
}

/** One call on whatever the peer says its bootstrap is. */
async function callOut(root: Peer, which: number, abort: boolean): Promise<void> {
  const stop = new AbortController();
  const options = { signal: stop.signal };
  const calls = [
    () => root.makeCounter(options),
    () => root.hold(createCounter(), options),
    () => root.echoCap(root, options),
    () => root.getHeld(options),
    () => root.neverReturn(createCounter(), options),
  ] as const;
  try {
    if (which === 5) {
      using pending = root.promiseCounter(options);
      using counter = pending.counter;
      if (abort) stop.abort(new Error("enough"));
      await counter.add(1n);
      return;
    }
    const pending = calls[which]?.();
    if (abort) stop.abort(new Error("enough"));
    using results = await pending;
    expect(results).toBeDefined();
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
  }
}

function expectQuietAfterAbort(peer: RawPeer): void {
  const sent = peer.takeTags();
  const abort = sent.indexOf(tags.ABORT);
  if (abort < 0) return;
  expect(abort).toBe(sent.length - 1);
  expect(peer.connection.failure).toBeInstanceOf(Exception);
}
