/** How what a function of the host returns or throws is passed to core code. */
import type { Codec, CoreValue } from "./codec.ts";
import type { Codecs } from "./codecs.ts";
import type { MemoryContext } from "./memory-context.ts";
import { createResultWriter } from "./result-writer.ts";
import { createTrap } from "./trap.ts";
import { toMessage } from "#base";
import { payloadOffset } from "./types.ts";
import type { ValueType } from "./types.ts";

/** `place` is where core code wants a result that is no single core value. */
export interface HostAnswer {
  /** Passes what was returned. */
  readonly pass: (value: unknown, place: CoreValue | undefined) => unknown;
  /** Passes what was thrown, where the function's type has an error; else throws it on. */
  readonly fail: (reason: unknown, place: CoreValue | undefined) => unknown;
  /** What of JavaScript core code takes as it is: a value of that type need not be passed. */
  readonly plain?: "bigint" | "number" | undefined;
}

/** Values that the engine itself makes core values of. */
const PLAIN: Readonly<Partial<Record<ValueType["kind"], "bigint" | "number">>> = {
  s64: "bigint",
  u64: "bigint",
  f32: "number",
  f64: "number",
};

export function createHostAnswer(
  cx: MemoryContext,
  type: ValueType | undefined,
  codecs: Codecs,
): HostAnswer {
  const writeResult = createResultWriter(cx, type, codecs);
  if (type?.kind !== "result") {
    return { pass: writeResult, fail: endInstance, plain: type && PLAIN[type.kind] };
  }
  if (type.flat.length === 1) {
    return {
      pass: (val) => writeResult({ tag: "ok", val }, undefined),
      fail: guard((val) => writeResult({ tag: "err", val }, undefined)),
    };
  }
  // As the codec of the result would, without an object in between.
  const { size, align, of } = type;
  const offset = payloadOffset(of);
  const made: Array<Codec | undefined> = [];
  const write = (tag: 0 | 1, payload: unknown, place: CoreValue | undefined): void => {
    const at = cx.check((place as number) >>> 0, size, align);
    (made[tag] ??= codecs.get(of[tag]))?.store(cx, payload, at + offset);
    cx.view.setUint8(at, tag);
  };
  return {
    pass: (value, place) => write(0, value, place),
    fail: guard((val, place) => write(1, val, place)),
  };
}

function endInstance(reason: unknown): never {
  throw createTrap(toMessage(reason), reason);
}

/** Passes what was thrown as the function's error; an `Error` is none, nor is what is not of its type: the component ends. */
function guard(pass: HostAnswer["pass"]): HostAnswer["fail"] {
  return (reason, place) => {
    if (reason instanceof Error) endInstance(reason);
    try {
      return pass(reason, place);
    } catch (mistake) {
      return endInstance(mistake);
    }
  };
}
