/** Passes results and errors of host functions to core code. */
import type { Codec, CoreValue } from "./codec.ts";
import type { Codecs } from "./codecs.ts";
import type { MemoryContext } from "./memory-context.ts";
import { createResultWriter } from "./result-writer.ts";
import { createTrap } from "./trap.ts";
import { toMessage } from "#base";
import { payloadOffset } from "./types.ts";
import type { ValueType } from "./types.ts";

/** `place` is the address for a result that is not a single core value. */
export interface HostAnswer {
  /** Passes a returned value. */
  readonly pass: (value: unknown, place: CoreValue | undefined) => unknown;
  /** Passes a thrown value as the function's error, if its type has one; otherwise throws a trap. */
  readonly fail: (reason: unknown, place: CoreValue | undefined) => unknown;
}

export function createHostAnswer(
  cx: MemoryContext,
  type: ValueType | undefined,
  codecs: Codecs,
): HostAnswer {
  if (type?.kind !== "result") {
    return { pass: createResultWriter(cx, type, codecs), fail: endInstance };
  }
  // Writes the result as its codec would, but without creating an object.
  const { size, align, flat, of } = type;
  const offset = payloadOffset(of);
  const made: Array<Codec | undefined> = [];
  const write = (tag: 0 | 1, payload: unknown, place: CoreValue | undefined): unknown => {
    // The result has no payloads.
    if (flat.length === 1) return tag;
    const at = cx.check((place as number) >>> 0, size, align);
    (made[tag] ??= codecs.get(of[tag]))?.store(cx, payload, at + offset);
    return cx.view.setUint8(at, tag);
  };
  return {
    pass: (value, place) => write(0, value, place),
    fail: guard((val, place) => write(1, val, place)),
  };
}

function endInstance(reason: unknown): never {
  throw createTrap(toMessage(reason), reason);
}

/**
 * Passes a thrown value as the function's error. An `Error`, or a value of the wrong type, ends the component instead.
 */
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
