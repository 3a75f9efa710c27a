/** `canon lower` of a component's function, for core code of another instance. @see CanonicalABI.md "`canon lower`" */
import type { CoreValue } from "./codec.ts";
import type { Codecs } from "./codecs.ts";
import type { ComponentInstance, ResourceHandle } from "./component-instance.ts";
import type { CanonicalContext } from "./engine.ts";
import type { Call, LiftedFunc } from "./lift.ts";
import { MemoryContext } from "./memory-context.ts";
import { liftParams, placeIndexOf } from "./params-reader.ts";
import { createResultWriter } from "./result-writer.ts";
import { toTrap } from "./trap.ts";

/** The function returns a promise when the callee has to wait; if so, the caller must wrap it as suspending. */
export function lowerComponentFunc(
  instance: ComponentInstance,
  func: LiftedFunc,
  context: CanonicalContext,
  codecs: Codecs,
): (...flat: CoreValue[]) => unknown {
  const cx = new MemoryContext(instance, context);
  const { tuple } = func.type;
  // Decided once: core code imports either a suspending function, or a plain one.
  const { suspends } = func;
  const placeIndex = placeIndexOf(tuple);
  const writeResult = createResultWriter(cx, func.type.result, codecs);
  let call: Call | undefined;

  return (...flat) => {
    instance.requireLeave();
    // For this call alone, since others may be in flight while it waits.
    const lent: ResourceHandle[] = [];
    const finish = (value: unknown): unknown => {
      try {
        for (const handle of lent) handle.lends--;
        return writeResult(value, flat[placeIndex]);
      } catch (reason) {
        throw toTrap(reason);
      }
    };
    try {
      // Bound on the first call, since an instance's functions may be lifted and lowered in any order.
      call ??= func.bind(instance, codecs, suspends);
      cx.begin();
      cx.lent = lent;
      const args = liftParams(cx, tuple, codecs, flat);
      cx.lent = undefined;
      const value = call(args);
      return value instanceof Promise ? value.then(finish) : finish(value);
    } catch (reason) {
      throw toTrap(reason);
    }
  };
}
