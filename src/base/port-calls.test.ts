import { expect, onTestFinished, test } from "vitest";
import { Exception } from "./exception.ts";
import { openCalls, readField, serveCalls } from "./index.ts";

function openPorts(): [MessagePort, MessagePort] {
  const { port1, port2 } = new MessageChannel();
  port1.start();
  port2.start();
  onTestFinished(() => {
    port1.close();
    port2.close();
  });
  return [port1, port2];
}

test("call() gives the answer to its own question, whatever the order", async () => {
  const [near, far] = openPorts();
  const gates = new Map<unknown, () => void>();
  serveCalls(far, async (question) => {
    await new Promise<void>((resolve) => gates.set(question, resolve));
    return { value: `${String(question)}!` };
  });
  using calls = openCalls(near);
  const answers = [calls.call("a"), calls.call("b")];
  await expect.poll(() => gates.size).toBe(2);
  gates.get("b")?.();
  expect(await answers[1]).toBe("b!");
  gates.get("a")?.();
  expect(await answers[0]).toBe("a!");
});

test("call() moves what it is told to, and so does the answer", async () => {
  const [near, far] = openPorts();
  serveCalls(far, (question) => {
    const bytes = question as Uint8Array;
    return { value: bytes, moved: [bytes.buffer] };
  });
  using calls = openCalls(near);
  const given = Uint8Array.of(1, 2, 3);
  const answer = calls.call(given, { moved: [given.buffer] });
  expect(given.length).toBe(0);
  expect(await answer).toEqual(Uint8Array.of(1, 2, 3));
});

test("call() rejects a question that cannot be posted, and others go on", async () => {
  const [near, far] = openPorts();
  serveCalls(far, (question) => ({ value: question }));
  using calls = openCalls(near);
  await expect(calls.call(() => undefined)).rejects.toThrow("could not be cloned");
  expect(await calls.call("next")).toBe("next");
});

test("call() throws with the kind and the message of the far end, and nothing else of it", async () => {
  const [near, far] = openPorts();
  serveCalls(far, () => {
    throw new Exception("overloaded", "There is no room", { cause: "a secret" });
  });
  using calls = openCalls(near);
  const failure = await calls.call(0).catch((reason: unknown) => reason);
  expect(failure).toBeInstanceOf(Exception);
  expect(failure).toMatchObject({ kind: "overloaded", message: "There is no room" });
  expect((failure as Exception).cause).toBeUndefined();
});

test("call() ends with its signal, and with the end of all calls", async () => {
  const [near, far] = openPorts();
  serveCalls(far, () => new Promise(() => undefined));
  const calls = openCalls(near);
  const stop = new AbortController();
  const stopped = calls.call(0, { signal: stop.signal });
  const open = calls.call(1);
  stop.abort(new Error("enough"));
  await expect(stopped).rejects.toThrow("enough");
  calls[Symbol.dispose]();
  await expect(open).rejects.toMatchObject({ kind: "disconnected" });
  await expect(calls.call(2)).rejects.toMatchObject({ kind: "disconnected" });
});

test.each([
  null,
  7,
  "answer",
  [],
  { answer: "0", value: 1 },
  { answer: 0.5, value: 1 },
  { answer: 9, value: 1 },
  { answer: -1, kind: "failed", message: "no" },
  { call: 0 },
  { id: 0, type: "HANDLER", name: "proxy", value: {} },
])("openCalls() takes no notice of %j", async (nonsense) => {
  const [near, far] = openPorts();
  using calls = openCalls(near);
  const answer = calls.call("question");
  far.postMessage(nonsense);
  far.postMessage({ answer: 0, value: "the answer" });
  expect(await answer).toBe("the answer");
});

test.each([
  [{ answer: 0, kind: "constructor", message: "told" }, "failed", "told"],
  [{ answer: 0, kind: {}, message: { toString: "no" } }, "failed", "No reason was given"],
  [{ answer: 0, kind: "overloaded", message: "x".repeat(10_000) }, "overloaded", "x".repeat(4096)],
])("openCalls() makes an exception of %#, whatever is told", async (message, kind, text) => {
  const [near, far] = openPorts();
  using calls = openCalls(near);
  const answer = calls.call("question");
  far.postMessage(message);
  await expect(answer).rejects.toMatchObject({ kind, message: text });
});

test("serveCalls() changes nothing of this realm, whatever it is asked", async () => {
  const [near, far] = openPorts();
  const asked: unknown[] = [];
  serveCalls(far, (question) => {
    asked.push(question);
    return { value: readField(question, "polluted") };
  });
  // A library might take these for paths to properties, calls and constructors.
  for (const path of [
    ["__proto__", "polluted"],
    ["constructor", "assign"],
  ]) {
    near.postMessage({ id: "1", type: "SET", path, value: { type: "RAW", value: 1 } });
    near.postMessage({ id: "2", type: "APPLY", path, argumentList: [] });
  }
  near.postMessage(JSON.parse('{"call":0,"question":{"__proto__":{"polluted":true}}}'));
  using calls = openCalls(near);
  expect(await calls.call(JSON.parse('{"__proto__":{"polluted":true}}'))).toBeUndefined();
  expect(asked).toHaveLength(2);
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect("polluted" in {}).toBe(false);
});

test("serveCalls() refuses a far end that does not wait for its answers", async () => {
  const [near, far] = openPorts();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  serveCalls(far, async () => {
    await gate;
    return { value: "done" };
  });
  using calls = openCalls(near);
  const answers = Array.from({ length: 1100 }, () => calls.call(0));
  const settling = Promise.allSettled(answers);
  await expect(answers[1099]).rejects.toMatchObject({ kind: "overloaded" });
  open();
  const settled = await settling;
  expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1024);
});
