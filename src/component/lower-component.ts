/** `canon lower` of a component's function: what core code of another instance calls. @see CanonicalABI.md "`canon lower`" */
import type { CoreValue } from "./codec.ts";
import type { Codecs } from "./codecs.ts";
import type { ComponentInstance, ResourceHandle } from "./component-instance.ts";
import type { CanonicalContext } from "./engine.ts";
import type { Call, LiftedFunc } from "./lift.ts";
import { MemoryContext } from "./memory-context.ts";
import { liftParams, placeIndexOf } from "./params-reader.ts";
import { createResultWriter } from "./result-writer.ts";
import { toTrap } from "./trap.ts";

/** The function returns a promise when the callee has to wait; then it must be made to suspend. */
export function lowerComponentFunc(
  instance: ComponentInstance,
  func: LiftedFunc,
  context: CanonicalContext,
  codecs: Codecs,
): (...flat: CoreValue[]) => unknown {
  const cx = new MemoryContext(instance, context);
  const { tuple } = func.type;
  // As it is now: core code is given a function that waits, or one that does not.
  const { suspends } = func;
  const placeIndex = placeIndexOf(tuple);
  const writeResult = createResultWriter(cx, func.type.result, codecs);
  let call: Call | undefined;

  return (...flat) => {
    instance.requireLeave();
    // Of this call alone: while it waits, there may be others.
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
      // Not before: an instance may be lifted from and lowered to in any order.
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
