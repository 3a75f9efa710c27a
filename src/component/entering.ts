/** The rule that an instance may not be entered again before it was left. @see CanonicalABI.md "Component Instances" */
import type { ComponentInstance } from "./component-instance.ts";
import { trap } from "./trap.ts";

/**
 * The instances that a call enters: the callee and all around it, except those that the caller is already in.
 *
 * @param caller `undefined` for the host
 */
export function findEntered(
  callee: ComponentInstance,
  caller: ComponentInstance | undefined,
): readonly ComponentInstance[] {
  const entered: ComponentInstance[] = [];
  let at: ComponentInstance | undefined = callee;
  for (; at !== undefined && !isIn(at, caller); at = at.parent) entered.push(at);
  return entered;
}

/** Whether `inner` is this instance, or nested in it. */
function isIn(instance: ComponentInstance, inner: ComponentInstance | undefined): boolean {
  let at = inner;
  while (at !== undefined && at !== instance) at = at.parent;
  return at === instance;
}

/** Marks the instances as entered, all or none. After a trap, an instance stays marked, and is never entered again. */
export function enter(entered: readonly ComponentInstance[]): void {
  for (const instance of entered) {
    if (!instance.mayEnter) {
      leave(entered.slice(0, entered.indexOf(instance)));
      trap("cannot enter component instance");
    }
    instance.mayEnter = false;
  }
}

export function leave(entered: readonly ComponentInstance[]): void {
  for (const instance of entered) instance.mayEnter = true;
}
