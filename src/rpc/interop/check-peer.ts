/** The checks that this implementation makes of a peer that serves `Peer`; the same as in `peer.c++`. */
import { encodeText, equalBytes } from "#base";
import { anyOf, AnyClient, cast, isNull, serve } from "#capnp";
import { Membrane, WetwareSession } from "#schema";
import { AllTypes_Inner, Callee, Counter } from "./generated/interop.ts";
import type { AllTypes, Peer } from "./generated/interop.ts";
import { createCounter } from "./serve-peer.ts";

/** Throws an error that says what is wrong. */
export type Check = (peer: Peer) => Promise<void>;

const allTypes: AllTypes = {
  none: undefined,
  flag: true,
  int8: -123,
  int16: -12345,
  int32: -12345678,
  int64: -123456789012345n,
  uint8: 234,
  uint16: 45678,
  uint32: 3456789012,
  uint64: 12345678901234567890n,
  float32: 1234.5,
  float64: -123e45,
  text: "foo ☃",
  data: Uint8Array.of(98, 0, 114),
  colour: "green",
  inner: { number: 17, name: "inner" },
  flags: [true, false, false, true, true, true, false, true, false, true],
  int8s: [12, -34, -0x80, 0x7f],
  int16s: [1234, -5678, -0x8000, 0x7fff],
  int32s: [12345678, -90123456, -0x80000000, 0x7fffffff],
  int64s: [123456789012345n, -678901234567890n],
  uint8s: [12, 34, 0, 0xff],
  uint16s: [1234, 5678, 0, 0xffff],
  uint32s: [12345678, 90123456, 0, 0xffffffff],
  uint64s: [123456789012345n, 18446744073709551615n],
  float32s: [0, 1234567, 2 ** 120, -(2 ** -120)],
  float64s: [0, 123456789012345, 1e306, -1e-306],
  texts: ["quux", "", "grün"],
  datas: [Uint8Array.of(255), new Uint8Array(0)],
  colours: ["blue", "red", 77],
  inners: [
    { number: 1, name: "" },
    { number: 0, name: "two" },
  ],
  lists: [[1, 2, 3], [], [-4]],
  nones: [undefined, undefined, undefined],
};

export const checks: Readonly<Record<string, Check>> = {
  async "values of every type"(peer) {
    assertEqual((await peer.echoAll(allTypes)).value, allTypes);
  },
  async defaults(peer) {
    const { value } = await peer.echoDefaults({});
    assertEqual(value, {
      flag: true,
      int8: -8,
      int16: -1616,
      int32: -32323232,
      int64: -6464646464646464n,
      uint8: 200,
      uint16: 60000,
      uint32: 4000000000,
      uint64: 18000000000000000000n,
      float32: 1.5,
      float64: -2.25e100,
      text: "grün",
      data: Uint8Array.of(0, 255, 127),
      colour: "blue",
      inner: { number: 7, name: "seven" },
      numbers: [1, -2, 3],
      texts: ["a", "", "c"],
    });
  },
  async "unions and groups"(peer) {
    const { value } = await peer.echoShapes({
      before: 1,
      which: "box",
      box: { width: 2, height: 3 },
      extra: { which: "inner", inner: { name: "extra" } },
      after: { name: "after" },
      tree: [{}, { which: "text", text: "leaf" }],
      next: { which: "number", number: -1n },
    });
    assert(value.which === "box" && "box" in value);
    assertEqual(value.box, { width: 2, height: 3 });
    assert(value.extra.which === "inner" && "inner" in value.extra);
    assertEqual(value.extra.inner.name, "extra");
    assertEqual(value.after, { colour: "red", name: "after" });
    const [first, second] = value.tree;
    assertEqual(first?.which, "empty");
    assert(second?.which === "text" && "text" in second && second.text === "leaf");
    assert(value.next?.which === "number" && "number" in value.next && value.next.number === -1n);
    assertEqual(value.next.next, undefined);
  },
  async "a pointer of any type"(peer) {
    using results = await peer.echoAny(anyOf(AllTypes_Inner, { name: "any" }));
    assertEqual(AllTypes_Inner.read(results.value), { number: 0, name: "any" });
    using counter = serve(Counter, createCounter());
    using capability = await peer.echoAny(anyOf(Counter, counter));
    using back = Counter.read(capability.value);
    assertEqual((await back.add(2n)).total, 2n);
  },
  async "capabilities made, called and released"(peer) {
    {
      using results = await peer.makeCounter();
      assertEqual((await results.counter.add(3n)).total, 3n);
      assertEqual((await results.counter.add(4n)).total, 7n);
      assertEqual(await countLive(peer), 1);
    }
    assertEqual(await countLive(peer), 0);
  },
  async "pipelining through structs"(peer) {
    using pending = peer.makeNested();
    using counter = pending.outer.middle.counter;
    const first = counter.add(5n);
    const second = counter.add(6n);
    assertEqual((await first).total, 5n);
    assertEqual((await second).total, 11n);
    using results = await pending;
    assertEqual(results.outer.middle.note, "nested");
  },
  async callbacks(peer) {
    assertEqual((await peer.callCounter(createCounter(), 9n)).total, 9n);
  },
  async "capabilities held by the peer, and sent home"(peer) {
    let live = 1;
    {
      using mine = serve(
        Counter,
        createCounter(() => void live--),
      );
      await peer.hold(mine);
      assertEqual((await peer.callHeld(2n)).total, 2n);
      using back = await peer.getHeld();
      assertEqual((await back.counter.add(3n)).total, 5n);
    }
    await peer.hold(null);
    await countLive(peer);
    assertEqual(live, 0);
  },
  async "lists of capabilities, the same one twice"(peer) {
    using mine = serve(Counter, createCounter());
    using results = await peer.echoCounters([mine, null, mine]);
    const [first, second, third] = results.counters;
    assert(first !== undefined && second !== undefined && third !== undefined);
    assert(isNull(second));
    assertEqual((await first.add(1n)).total, 1n);
    assertEqual((await third.add(1n)).total, 2n);
  },
  "exceptions: failed": (peer) => assertFails(peer, 0, "failed"),
  "exceptions: overloaded": (peer) => assertFails(peer, 1, "overloaded"),
  "exceptions: disconnected": (peer) => assertFails(peer, 2, "disconnected"),
  "exceptions: unimplemented": (peer) => assertFails(peer, 3, "unimplemented"),
  async "an unknown method is unimplemented"(peer) {
    using wrong = cast(peer, Counter);
    assertEqual((await rejection(wrong.calls())).kind, "unimplemented");
  },
  async cancellation(peer) {
    const before = (await peer.canceled()).count;
    let live = 1;
    const call = peer.neverReturn(createCounter(() => void live--));
    await peer.canceled();
    call[Symbol.dispose]();
    await countLive(peer);
    assertEqual((await peer.canceled()).count, before + 1);
    assertEqual(live, 0);
  },
  async "a promise that resolves to the caller's own capability keeps its order"(peer) {
    using mine = serve(Counter, createCounter());
    using pending = peer.echoCap(mine);
    using ahead = pending.cap;
    using early = cast(ahead, Counter);
    const first = early.add(1n);
    using results = await pending;
    const second = early.add(10n);
    const third = early.add(100n);
    assertEqual((await first).total, 1n);
    assertEqual((await second).total, 11n);
    assertEqual((await third).total, 111n);
    using resolved = cast(results.cap, Counter);
    assertEqual((await resolved.add(1000n)).total, 1111n);
  },
  async "a promised capability, kept by a capability of the caller"(peer) {
    using results = await peer.promiseCounter();
    const first = results.counter.add(1n);
    const second = results.counter.add(2n);
    await peer.keepPromise(createCounter());
    const third = results.counter.add(4n);
    assertEqual((await first).total, 1n);
    assertEqual((await second).total, 3n);
    assertEqual((await third).total, 7n);
    assertEqual((await results.counter.add(8n)).total, 15n);
  },
  async "a promised capability, kept by one of the peer's"(peer) {
    using results = await peer.promiseCounter();
    const first = results.counter.add(1n);
    using made = peer.makeCounter();
    using counter = made.counter;
    await peer.keepPromise(counter);
    assertEqual((await first).total, 1n);
    assertEqual((await results.counter.add(1n)).total, 2n);
  },
  async "a promised capability, broken"(peer) {
    using results = await peer.promiseCounter();
    const call = rejection(results.counter.add(1n));
    await peer.keepPromise(null);
    assert((await call).message.endsWith("promise was broken"));
    assert((await rejection(results.counter.add(1n))).message.endsWith("promise was broken"));
  },
  async "inherited methods, and left out parameters"(peer) {
    using results = await peer.greeter();
    const { text, length } = await results.greeter.greet();
    assertEqual(text, "hello you;hello you;");
    assertEqual(length, 3);
    const thanks = await results.greeter.thank({ number: 1, name: "you" });
    assertEqual({ ...thanks }, { number: 2, name: "thank you, you" });
  },
  async streaming(peer) {
    using results = await peer.stream();
    for (let i = 0; i < 1000; i++) await results.stream.push(i);
    const { sum, count } = await results.stream.finish();
    assertEqual(sum, 499500n);
    assertEqual(count, 1000);
  },
  async "a failed streaming call fails what follows"(peer) {
    using results = await peer.stream();
    await results.stream.push(1001);
    assert((await rejection(results.stream.finish())).message.includes("too large"));
    assert((await rejection(results.stream.push(1))).message.includes("too large"));
  },
  async "generic interfaces"(peer) {
    using results = await peer.holder();
    await results.holder.put({ first: "pair", second: createCounter() });
    using pending = results.holder.get();
    using second = pending.value.second;
    assertEqual((await second.add(6n)).total, 6n);
    using got = await pending;
    assertEqual(got.value.first, "pair");
  },
  async "tail calls"(peer) {
    using callee = serve(Callee, {
      give: (number) => ({ number: number * 2n, counter: createCounter() }),
    });
    using pending = peer.tail(callee, 21n);
    using ahead = pending.counter;
    const early = ahead.add(1n);
    using results = await pending;
    assertEqual(results.number, 42n);
    assertEqual((await early).total, 1n);
    assertEqual((await results.counter.add(1n)).total, 2n);
  },
  async "a null capability"(peer) {
    using results = await peer.getNull();
    assert(isNull(results.counter));
    using any = cast(results.counter, AnyClient);
    assert(isNull(any));
  },
  async "a large message"(peer) {
    const data = new Uint8Array(3_000_000).fill(120);
    const { value } = await peer.echoAll({ data });
    assert(equalBytes(value.data, data));
  },
  async "graft on a Membrane"(peer) {
    using pending = peer.membrane();
    using ahead = pending.membrane;
    using membrane = cast(ahead, Membrane(WetwareSession));
    using graft = membrane.graft(null);
    using host = graft.session.extension.host;
    using made = host.executor();
    using first = made.executor;
    using second = graft.session.extension.executor;
    // Nothing has returned yet.
    const answers = await Promise.all([first.echo("a"), second.echo("b")]);
    assertEqual(
      answers.map(({ response }) => response),
      ["Echo: a", "Echo: b"],
    );
    using results = await graft;
    assertEqual(results.session.issuedEpoch.seq, 7n);
    assert(equalBytes(results.session.issuedEpoch.head, encodeText("head")));
    assert(isNull(results.session.statusPoller));
  },
};

/** Earlier Releases have arrived once a call made after them has returned, so one is made first. */
async function countLive(peer: Peer): Promise<number> {
  await peer.canceled();
  return (await peer.liveCounters()).count;
}

async function assertFails(peer: Peer, type: number, kind: string): Promise<void> {
  const error = await rejection(peer.fail(type, "as asked"));
  assertEqual(error.kind, kind);
  assert(error.message.endsWith("as asked"));
}

async function rejection(
  promise: PromiseLike<unknown>,
): Promise<{ readonly kind: string; readonly message: string }> {
  try {
    await promise;
  } catch (error) {
    return error as { kind: string; message: string };
  }
  throw new Error("The call did not fail");
}

function assert(condition: boolean): asserts condition {
  if (!condition) throw new Error("Not as expected");
}

function assertEqual(found: unknown, expected: unknown): void {
  const [left, right] = [show(found), show(expected)];
  if (left !== right) throw new Error(`Expected ${right}, found ${left}`);
}

function show(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "bigint"
      ? `${inner}n`
      : inner instanceof Uint8Array
        ? [...inner]
        : inner === undefined
          ? "undefined"
          : inner,
  );
}
