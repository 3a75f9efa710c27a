/**
 * `canon lower` of a function of the host: what core code calls.
 *
 * These calls are what most programs do most, so the usual signatures have a closure of their own, by how many core values
 * each parameter takes; a general one, with an array for them, takes twice the time.
 *
 * @see CanonicalABI.md "`canon lower`"
 */
import type { CoreValue } from "./codec.ts";
import type { Codecs } from "./codecs.ts";
import type { ComponentInstance } from "./component-instance.ts";
import type { CanonicalContext } from "./engine.ts";
import { createHostAnswer } from "./host-answer.ts";
import type { HostAnswer } from "./host-answer.ts";
import type { HostCallable } from "./host-imports.ts";
import { MemoryContext } from "./memory-context.ts";
import { createParamsReader } from "./params-reader.ts";
import type { Func } from "./scope.ts";
import { trap } from "./trap.ts";
import { countFlat, FLAT_LIMIT } from "./types.ts";
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
  const types = func.type.params.map(([, type]) => type);
  const answer = createHostAnswer(cx, func.type.result, codecs);
  const waiting = func.suspends ? awaitAnswer(answer) : answer;
  return (
    lowerUsual(cx, func.call, types, waiting, codecs) ??
    lowerAny(cx, func.call, types, waiting, codecs)
  );
}

function awaitAnswer(answer: HostAnswer): HostAnswer {
  return {
    fail: answer.fail,
    pass: (value, place) =>
      value instanceof Promise
        ? value.then(
            (settled: unknown) => answer.pass(settled, place),
            (reason: unknown) => answer.fail(reason, place),
          )
        : answer.pass(value, place),
  };
}

function lowerAny(
  cx: MemoryContext,
  call: HostCallable,
  types: readonly ValueType[],
  { pass, fail }: HostAnswer,
  codecs: Codecs,
): Lowered {
  const { instance } = cx;
  const liftParams = createParamsReader(cx, types, codecs);
  const placeIndex = countFlat(types) > FLAT_LIMIT ? 1 : countFlat(types);
  return (...flat: CoreValue[]) => {
    if (!instance.mayLeave) cannotLeave();
    cx.begin();
    const args = liftParams(flat);
    const place = flat[placeIndex];
    let value: unknown;
    try {
      value = call(...args);
    } catch (reason) {
      return fail(reason, place);
    }
    return pass(value, place);
  };
}

/** The closure for this signature; `undefined` where there is none. */
function lowerUsual(
  cx: MemoryContext,
  call: HostCallable,
  types: readonly ValueType[],
  { pass, fail, isPlain }: HostAnswer,
  codecs: Codecs,
): Lowered | undefined {
  const { instance } = cx;
  const [first, second, third] = types.map((type) => codecs.get(type));
  switch (types.map(({ flat }) => flat.length).join()) {
    case "":
      if (isPlain === true) {
        return () => {
          if (!instance.mayLeave) cannotLeave();
          try {
            return call();
          } catch (reason) {
            return fail(reason, undefined);
          }
        };
      }
      return (place: CoreValue) => {
        if (!instance.mayLeave) cannotLeave();
        let value: unknown;
        try {
          value = call();
        } catch (reason) {
          return fail(reason, place);
        }
        return pass(value, place);
      };
    case "1": {
      const { lift1 } = first!;
      return (a: CoreValue, place: CoreValue) => {
        if (!instance.mayLeave) cannotLeave();
        const x = lift1(cx, a);
        let value: unknown;
        try {
          value = call(x);
        } catch (reason) {
          return fail(reason, place);
        }
        return pass(value, place);
      };
    }
    case "2": {
      const { lift2 } = first!;
      return (a: CoreValue, b: CoreValue, place: CoreValue) => {
        if (!instance.mayLeave) cannotLeave();
        cx.begin();
        const x = lift2(cx, a, b);
        let value: unknown;
        try {
          value = call(x);
        } catch (reason) {
          return fail(reason, place);
        }
        return pass(value, place);
      };
    }
    case "1,1": {
      const { lift1 } = first!;
      const { lift1: liftSecond } = second!;
      return (a: CoreValue, b: CoreValue, place: CoreValue) => {
        if (!instance.mayLeave) cannotLeave();
        const x = lift1(cx, a);
        const y = liftSecond(cx, b);
        let value: unknown;
        try {
          value = call(x, y);
        } catch (reason) {
          return fail(reason, place);
        }
        return pass(value, place);
      };
    }
    case "1,2": {
      const { lift1 } = first!;
      const { lift2 } = second!;
      return (a: CoreValue, b: CoreValue, c: CoreValue, place: CoreValue) => {
        if (!instance.mayLeave) cannotLeave();
        cx.begin();
        const x = lift1(cx, a);
        const y = lift2(cx, b, c);
        let value: unknown;
        try {
          value = call(x, y);
        } catch (reason) {
          return fail(reason, place);
        }
        return pass(value, place);
      };
    }
    case "1,1,1": {
      const { lift1 } = first!;
      const { lift1: liftSecond } = second!;
      const { lift1: liftThird } = third!;
      return (a: CoreValue, b: CoreValue, c: CoreValue, place: CoreValue) => {
        if (!instance.mayLeave) cannotLeave();
        const x = lift1(cx, a);
        const y = liftSecond(cx, b);
        const z = liftThird(cx, c);
        let value: unknown;
        try {
          value = call(x, y, z);
        } catch (reason) {
          return fail(reason, place);
        }
        return pass(value, place);
      };
    }
    case "1,2,1": {
      const { lift1 } = first!;
      const { lift2 } = second!;
      const { lift1: liftThird } = third!;
      return (a: CoreValue, b: CoreValue, c: CoreValue, d: CoreValue, place: CoreValue) => {
        if (!instance.mayLeave) cannotLeave();
        cx.begin();
        const x = lift1(cx, a);
        const y = lift2(cx, b, c);
        const z = liftThird(cx, d);
        let value: unknown;
        try {
          value = call(x, y, z);
        } catch (reason) {
          return fail(reason, place);
        }
        return pass(value, place);
      };
    }
    default:
      return undefined;
  }
}

function cannotLeave(): never {
  trap("cannot leave component instance");
}
