/** Which instances a call enters: none may be entered again before it has left. @see CanonicalABI.md "Component Instances" */
import type { ComponentInstance } from "./component-instance.ts";
import { trap } from "./trap.ts";

/**
 * The callee with all that it is within, but what the caller is in already.
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

/** Whether the inner instance is this one, or within it. */
function isIn(instance: ComponentInstance, inner: ComponentInstance | undefined): boolean {
  let at = inner;
  while (at !== undefined && at !== instance) at = at.parent;
  return at === instance;
}

/** Marks them as entered, all or none. One that a trap has ended stays so, and is never entered again. */
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
