/**
 * `canon lower` of a host function: the function that core code calls.
 *
 * Most programs make these calls most often, so the usual signatures have specialized closures, chosen by the number of
 * core values of each parameter. The general closure, which uses an array, takes twice the time.
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
import { liftParams, placeIndexOf } from "./params-reader.ts";
import type { Func } from "./scope.ts";
import type { FuncType, ValueType } from "./types.ts";

/** A function that the host provides. */
export interface HostFunc extends Func {
  /** Whether it may return a promise, which suspends the caller. */
  readonly suspends: boolean;
  /** Looks the function up when it is first called: a program calls few of the functions that it imports. */
  readonly find: () => HostCallable;
}

/** What calls of a lowered function need, prepared by the first one. */
export interface HostCall extends HostAnswer {
  readonly cx: MemoryContext;
  readonly call: HostCallable;
  /** Codecs of the first parameters; `undefined` for missing ones, which are not used. */
  readonly first: Codec;
  readonly second: Codec;
  readonly third: Codec;
  readonly fourth: Codec;
  readonly fifth: Codec;
  /** The method that lifts a parameter of two core values. */
  readonly lift: "lend2" | "lift2";
}

export function createHostCall(
  instance: ComponentInstance,
  { type, find, suspends }: HostFunc,
  context: CanonicalContext,
  codecs: Codecs,
): HostCall {
  const cx = new MemoryContext(instance, context);
  const answer = createHostAnswer(cx, type.result, codecs);
  const [first, second, third, fourth, fifth] = type.tuple.of.map((param) => codecs.get(param)) as [
    Codec,
    Codec,
    Codec,
    Codec,
    Codec,
  ];
  const call = find();
  const lift = call.takesLent === true ? "lend2" : "lift2";
  const pass = suspends ? awaitAnswer(answer) : answer.pass;
  return { ...answer, pass, cx, call, first, second, third, fourth, fifth, lift };
}

function awaitAnswer({ pass, fail }: HostAnswer): HostAnswer["pass"] {
  return (value, place) =>
    value instanceof Promise
      ? value
          .then((settled: unknown) => pass(settled, place))
          .catch((reason: unknown) => fail(reason, place))
      : pass(value, place);
}

type Lowered = (...flat: never[]) => unknown;

export function lowerHostFunc(
  instance: ComponentInstance,
  func: HostFunc,
  context: CanonicalContext,
  codecs: Codecs,
): Lowered {
  const prepare = (): HostCall => createHostCall(instance, func, context, codecs);
  return lowerUsual(instance, func.type, prepare) ?? lowerAny(instance, func.type, prepare, codecs);
}

function lowerAny(
  instance: ComponentInstance,
  { tuple }: FuncType,
  prepare: () => HostCall,
  codecs: Codecs,
): Lowered {
  let made: HostCall | undefined;
  const placeIndex = placeIndexOf(tuple);
  return (...flat: CoreValue[]) => {
    instance.requireLeave();
    const { cx, call, pass, fail } = (made ??= prepare());
    const place = flat[placeIndex];
    try {
      cx.begin();
      return pass(call(...liftParams(cx, tuple, codecs, flat)), place);
    } catch (reason) {
      return fail(reason, place);
    }
  };
}

/** Results whose JavaScript type core code accepts directly, without conversion. */
const PLAIN: Readonly<Partial<Record<ValueType["kind"], "bigint" | "number">>> = {
  s64: "bigint",
  u64: "bigint",
  f32: "number",
  f64: "number",
};

/** The specialized closure for this signature; `undefined` where there is none. */
function lowerUsual(
  instance: ComponentInstance,
  type: FuncType,
  prepare: () => HostCall,
): Lowered | undefined {
  const { of } = type.tuple;
  if (of.length > 5) return undefined;
  let made: HostCall | undefined;
  // The number of core values of each parameter, as two decimal digits each.
  const key = of.reduce((before, param) => before * 100 + (param as ValueType).flat.length, 0);
  switch (key) {
    case 0: {
      const plain = type.result && PLAIN[type.result.kind];
      // Without a parameter for the result's address: a missing argument takes as long as the rest of such a call.
      if (plain !== undefined) {
        return () => {
          instance.requireLeave();
          const { call, pass, fail } = (made ??= prepare());
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
        const { call, pass, fail } = (made ??= prepare());
        try {
          return pass(call(), place);
        } catch (reason) {
          return fail(reason, place);
        }
      };
    }
    case 1:
      return (a: CoreValue, place: CoreValue) => {
        instance.requireLeave();
        const { cx, call, pass, fail, first } = (made ??= prepare());
        try {
          return pass(call(first.lift1(cx, a)), place);
        } catch (reason) {
          return fail(reason, place);
        }
      };
    case 2:
      return (a: CoreValue, b: CoreValue, place: CoreValue) => {
        instance.requireLeave();
        const { cx, call, pass, fail, first } = (made ??= prepare());
        try {
          cx.begin();
          return pass(call(first.lift2(cx, a, b)), place);
        } catch (reason) {
          return fail(reason, place);
        }
      };
    case 1_01:
      return (a: CoreValue, b: CoreValue, place: CoreValue) => {
        instance.requireLeave();
        const { cx, call, pass, fail, first, second } = (made ??= prepare());
        try {
          return pass(call(first.lift1(cx, a), second.lift1(cx, b)), place);
        } catch (reason) {
          return fail(reason, place);
        }
      };
    case 1_02:
      return (a: CoreValue, b: CoreValue, c: CoreValue, place: CoreValue) => {
        instance.requireLeave();
        const { cx, call, pass, fail, first, second, lift } = (made ??= prepare());
        try {
          cx.begin();
          return pass(call(first.lift1(cx, a), second[lift](cx, b, c)), place);
        } catch (reason) {
          return fail(reason, place);
        }
      };
    case 1_01_01:
      return (a: CoreValue, b: CoreValue, c: CoreValue, place: CoreValue) => {
        instance.requireLeave();
        const { cx, call, pass, fail, first, second, third } = (made ??= prepare());
        try {
          const x = first.lift1(cx, a);
          return pass(call(x, second.lift1(cx, b), third.lift1(cx, c)), place);
        } catch (reason) {
          return fail(reason, place);
        }
      };
    case 1_01_02:
      return (a: CoreValue, b: CoreValue, c: CoreValue, d: CoreValue, place: CoreValue) => {
        instance.requireLeave();
        const { cx, call, pass, fail, first, second, third, lift } = (made ??= prepare());
        try {
          cx.begin();
          const x = first.lift1(cx, a);
          return pass(call(x, second.lift1(cx, b), third[lift](cx, c, d)), place);
        } catch (reason) {
          return fail(reason, place);
        }
      };
    // `open-at` of wasi:filesystem.
    case 1_01_02_01_01:
      return (
        a: CoreValue,
        b: CoreValue,
        c: CoreValue,
        d: CoreValue,
        e: CoreValue,
        f: CoreValue,
        place: CoreValue,
      ) => {
        instance.requireLeave();
        const { cx, call, pass, fail, first, second, third, fourth, fifth } = (made ??= prepare());
        try {
          cx.begin();
          const x = first.lift1(cx, a);
          const y = second.lift1(cx, b);
          const z = third.lift2(cx, c, d);
          return pass(call(x, y, z, fourth.lift1(cx, e), fifth.lift1(cx, f)), place);
        } catch (reason) {
          return fail(reason, place);
        }
      };
    case 1_02_01:
      return (a: CoreValue, b: CoreValue, c: CoreValue, d: CoreValue, place: CoreValue) => {
        instance.requireLeave();
        const { cx, call, pass, fail, first, second, third, lift } = (made ??= prepare());
        try {
          cx.begin();
          const x = first.lift1(cx, a);
          return pass(call(x, second[lift](cx, b, c), third.lift1(cx, d)), place);
        } catch (reason) {
          return fail(reason, place);
        }
      };
    default:
      return undefined;
  }
}
