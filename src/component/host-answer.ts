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
  if (type?.kind !== "result") {
    const pass = createResultWriter(cx, codecs.get(type));
    return { pass, fail: endInstance, plain: type && PLAIN[type.kind] };
  }
  const codec = codecs.get(type);
  if (codec.flat.length === 1) {
    return {
      pass: (val) => codec.lower1(cx, { tag: "ok", val }),
      fail: guard((val) => codec.lower1(cx, { tag: "err", val })),
    };
  }
  // As the codec of the result would, without an object in between.
  const [ok, err] = type.of.map((part) => codecs.get(part));
  const offset = payloadOffset([ok, err]);
  const write = (
    tag: number,
    of: Codec | undefined,
    payload: unknown,
    place: CoreValue | undefined,
  ): void => {
    const at = cx.check((place as number) >>> 0, codec.size, codec.align);
    of?.store(cx, payload, at + offset);
    cx.view.setUint8(at, tag);
  };
  return {
    pass: (value, place) => write(0, ok, value, place),
    fail: guard((val, place) => write(1, err, val, place)),
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
