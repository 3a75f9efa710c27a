/**
 * `canon lower` of a function of the host: what core code calls.
 *
 * These calls are what most programs do most, so the usual signatures have a closure of their own, by how many core values
 * each parameter takes; a general one, with an array for them, takes twice the time.
 *
 * @see CanonicalABI.md "`canon lower`"
 */
import type { Codec, CoreValue } from "./codec.ts";
import type { Codecs } from "./codecs.ts";
import type { ComponentInstance } from "./component-instance.ts";
import type { CanonicalContext } from "./engine.ts";
import { createHostAnswer } from "./host-answer.ts";
import type { HostAnswer } from "./host-answer.ts";
import type { HostCallable } from "./host-imports.ts";
import { MemoryContext } from "./memory-context.ts";
import { createParamsReader, placeIndexOf } from "./params-reader.ts";
import type { Func } from "./scope.ts";
import type { FuncType, ValueType } from "./types.ts";

/** A function that the host gives. */
export class HostFunc implements Func {
  readonly type: FuncType;
  readonly call: HostCallable;
  /** Whether it may return a promise, which suspends the caller. */
  readonly suspends: boolean;

  constructor(type: FuncType, call: HostCallable, suspends: boolean) {
    this.type = type;
    this.call = call;
    this.suspends = suspends;
  }
}

type Lowered = (...flat: never[]) => unknown;

export function lowerHostFunc(
  instance: ComponentInstance,
  func: HostFunc,
  context: CanonicalContext,
  codecs: Codecs,
): Lowered {
  const cx = new MemoryContext(instance, context);
  const answer = createHostAnswer(cx, func.type.result, codecs);
  const waiting = func.suspends ? awaitAnswer(answer) : answer;
  return lowerUsual(cx, func, waiting, codecs) ?? lowerAny(cx, func, waiting, codecs);
}

function awaitAnswer({ pass, fail }: HostAnswer): HostAnswer {
  return {
    fail,
    pass: (value, place) =>
      value instanceof Promise
        ? value
            .then((settled: unknown) => pass(settled, place))
            .catch((reason: unknown) => fail(reason, place))
        : pass(value, place),
  };
}

function lowerAny(
  cx: MemoryContext,
  { type, call }: HostFunc,
  { pass, fail }: HostAnswer,
  codecs: Codecs,
): Lowered {
  const { instance } = cx;
  const liftParams = createParamsReader(cx, type.tuple, codecs);
  const placeIndex = placeIndexOf(type.tuple);
  return (...flat: CoreValue[]) => {
    instance.requireLeave();
    const place = flat[placeIndex];
    try {
      cx.begin();
      return pass(call(...liftParams(flat)), place);
    } catch (reason) {
      return fail(reason, place);
    }
  };
}

/** The closure for this signature; `undefined` where there is none. */
function lowerUsual(
  cx: MemoryContext,
  { type, call }: HostFunc,
  { pass, fail, plain }: HostAnswer,
  codecs: Codecs,
): Lowered | undefined {
  const { instance } = cx;
  const lift = call.takesLent === true ? "lend2" : "lift2";
  const { of } = type.tuple as { readonly of: readonly ValueType[] };
  if (of.length > 3) return undefined;
  const [one, two, three] = of as [ValueType, ValueType, ValueType];
  // Programs call a few of the functions that they import: what reads their parameters is made for the first call.
  let first: Codec | undefined;
  let second: Codec | undefined;
  let third: Codec | undefined;
  let key = "";
  for (const { flat } of of) key += `,${flat.length}`;
  switch (key) {
    case "":
      if (plain !== undefined) {
        return () => {
          instance.requireLeave();
          try {
            const value = call();
            return typeof value === plain ? value : pass(value, undefined);
          } catch (reason) {
            return fail(reason, undefined);
          }
        };
      }
      return (place: CoreValue) => {
        instance.requireLeave();
        try {
          return pass(call(), place);
        } catch (reason) {
          return fail(reason, place);
        }
      };
    case ",1":
      return (a: CoreValue, place: CoreValue) => {
        instance.requireLeave();
        try {
          const x = (first ??= codecs.get(one)).lift1(cx, a);
          return pass(call(x), place);
        } catch (reason) {
          return fail(reason, place);
        }
      };
    case ",2":
      return (a: CoreValue, b: CoreValue, place: CoreValue) => {
        instance.requireLeave();
        try {
          cx.begin();
          const x = (first ??= codecs.get(one)).lift2(cx, a, b);
          return pass(call(x), place);
        } catch (reason) {
          return fail(reason, place);
        }
      };
    case ",1,1":
      return (a: CoreValue, b: CoreValue, place: CoreValue) => {
        instance.requireLeave();
        try {
          const x = (first ??= codecs.get(one)).lift1(cx, a);
          const y = (second ??= codecs.get(two)).lift1(cx, b);
          return pass(call(x, y), place);
        } catch (reason) {
          return fail(reason, place);
        }
      };
    case ",1,2":
      return (a: CoreValue, b: CoreValue, c: CoreValue, place: CoreValue) => {
        instance.requireLeave();
        try {
          cx.begin();
          const x = (first ??= codecs.get(one)).lift1(cx, a);
          const y = (second ??= codecs.get(two))[lift](cx, b, c);
          return pass(call(x, y), place);
        } catch (reason) {
          return fail(reason, place);
        }
      };
    case ",1,1,1":
      return (a: CoreValue, b: CoreValue, c: CoreValue, place: CoreValue) => {
        instance.requireLeave();
        try {
          const x = (first ??= codecs.get(one)).lift1(cx, a);
          const y = (second ??= codecs.get(two)).lift1(cx, b);
          const z = (third ??= codecs.get(three)).lift1(cx, c);
          return pass(call(x, y, z), place);
        } catch (reason) {
          return fail(reason, place);
        }
      };
    case ",1,2,1":
      return (a: CoreValue, b: CoreValue, c: CoreValue, d: CoreValue, place: CoreValue) => {
        instance.requireLeave();
        try {
          cx.begin();
          const x = (first ??= codecs.get(one)).lift1(cx, a);
          const y = (second ??= codecs.get(two))[lift](cx, b, c);
          const z = (third ??= codecs.get(three)).lift1(cx, d);
          return pass(call(x, y, z), place);
        } catch (reason) {
          return fail(reason, place);
        }
      };
    default:
      return undefined;
  }
}
