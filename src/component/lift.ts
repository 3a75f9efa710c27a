/**
 * `canon lift`: makes a core function callable from outside of its instance.
 *
 * A call enters the instance and those around it, and leaves them when it ends. After a trap it never leaves them, so
 * nothing runs in an instance whose state may be broken. Whether the function can suspend is decided when the first
 * caller binds it, since by then everything that the instance may call has been lowered.
 *
 * @see CanonicalABI.md "`canon lift`"
 */
import type { Eventually } from "#base";
import type { Codec, CoreValue } from "./codec.ts";
import type { Codecs } from "./codecs.ts";
import type { BorrowScope, ComponentInstance } from "./component-instance.ts";
import { FLAT_LIMIT } from "./types.ts";
import type { FuncType } from "./types.ts";
import type { CanonicalContext } from "./engine.ts";
import { enter, findEntered, leave } from "./entering.ts";
import { toPromising } from "./jspi.ts";
import { MemoryContext } from "./memory-context.ts";
import type { Func } from "./scope.ts";
import { toTrap, trap } from "./trap.ts";

type CoreFunc = (...flat: CoreValue[]) => unknown;

/** Takes the parameters in order, and returns the result, or a promise of it if the function suspends. */
export type Call = (args: readonly unknown[]) => Eventually<unknown>;

/** A function of an instance's core code, callable from outside. */
export interface LiftedFunc extends Func {
  /** Whether a call may have to wait. */
  readonly suspends: boolean;
  /**
   * Creates the function for one caller.
   *
   * @param caller the calling instance; `undefined` for the host
   * @param codecs the codecs for the caller's side
   * @param suspends whether the caller can wait
   */
  bind(caller: ComponentInstance | undefined, codecs: Codecs, suspends: boolean): Call;
}

export function liftFunc(
  instance: ComponentInstance,
  core: unknown,
  context: CanonicalContext,
  type: FuncType,
): LiftedFunc {
  return {
    type,
    get suspends() {
      return instance.suspends;
    },
    bind(caller, codecs, suspends) {
      const entered = findEntered(instance, caller);
      const cx = new MemoryContext(instance, context);
      const lowerParams = createParamsWriter(cx, type, codecs);
      const liftResult = createResultReader(cx, codecs.get(type.result));
      const postReturn = context.postReturn as CoreFunc | undefined;
      const entry = suspends ? toPromising(core as CoreFunc) : (core as CoreFunc);

      const finish = (scope: BorrowScope, flat: unknown, mayWait: boolean): unknown => {
        cx.begin();
        const result = liftResult(flat as CoreValue);
        if (scope.borrows > 0) trap("borrow handles still remain at the end of the call");
        if (postReturn !== undefined) {
          instance.mayLeave = false;
          // For a function without a result, post-return takes no parameters, and ignores this argument.
          postReturn(flat as CoreValue);
          instance.mayLeave = true;
        }
        // Restores the value of an outer call, which may have come here through a nested component.
        instance.mayWait = mayWait;
        leave(entered);
        giveBack(scope);
        return result;
      };
      const rethrow = (scope: BorrowScope, reason: unknown): never => {
        giveBack(scope);
        throw toTrap(reason, instance.name);
      };
      return (args) => {
        enter(entered);
        const { mayWait } = instance;
        instance.mayWait = suspends;
        const scope: BorrowScope = { borrows: 0, lent: undefined };
        cx.scope = scope;
        try {
          const flat = entry(...lowerParams(args));
          if (!(flat instanceof Promise)) return finish(scope, flat, mayWait);
          return flat
            .then((value) => finish(scope, value, mayWait))
            .catch((reason: unknown) => rethrow(scope, reason));
        } catch (reason) {
          return rethrow(scope, reason);
        }
      };
    },
  };
}

/** The call is over, so its caller may drop the resources that it has lent. */
function giveBack({ lent }: BorrowScope): void {
  if (lent !== undefined) for (const resource of lent) resource.giveBack();
}

function createParamsWriter(
  cx: MemoryContext,
  { tuple }: FuncType,
  codecs: Codecs,
): (args: readonly unknown[]) => CoreValue[] {
  if (tuple.flat.length > FLAT_LIMIT) {
    const { size, align, store } = codecs.get(tuple);
    return (args) => {
      const at = cx.allocate(size, align);
      store(cx, args, at);
      return [at];
    };
  }
  const { lower } = codecs.get(tuple);
  return (args) => {
    const flat: CoreValue[] = [];
    lower(cx, args, flat);
    return flat;
  };
}

function createResultReader(
  cx: MemoryContext,
  result: Codec | undefined,
): (flat: CoreValue) => unknown {
  if (result === undefined) return () => undefined;
  if (result.flat.length === 1) return (flat) => result.lift1(cx, flat);
  return (flat) => result.load(cx, cx.checkRead(Number(flat) >>> 0, result));
}
