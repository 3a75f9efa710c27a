/** Resource types of a running component, and resources of components that the host holds. */
import { ComponentInstance } from "./component-instance.ts";
import type { BorrowScope, Lent } from "./component-instance.ts";
import { enter, findEntered, leave } from "./entering.ts";
import { toTrap, trap } from "./trap.ts";
import type { ResourceType } from "./types.ts";

/** A resource type with the destructor of its resources. */
export interface LiveResourceType extends ResourceType {
  readonly owner: ComponentInstance | undefined;
  /**
   * Destroys a resource whose last owning handle is gone. Never suspends.
   *
   * @param caller the instance that dropped it; `undefined` for the host
   */
  destroy(rep: unknown, caller: ComponentInstance | undefined): void;
}

/**
 * A resource type of the host, whose objects are the representations.
 *
 * @param findDrop called when the first resource is dropped
 */
export function createHostResource(
  name: string,
  findDrop: () => (rep: unknown) => void,
): LiveResourceType {
  let drop: ((rep: unknown) => void) | undefined;
  return {
    kind: "resource",
    name,
    owner: undefined,
    destroy: (rep) => (drop ??= findDrop())(rep),
  };
}

/**
 * A resource type that a component defines. Representations are numbers, and the destructor is code of the component.
 */
export function createComponentResource(
  owner: ComponentInstance,
  destructor: ((rep: unknown) => void) | undefined,
): LiveResourceType {
  return {
    kind: "resource",
    name: "its own",
    owner,
    destroy(rep, caller) {
      if (destructor === undefined) return;
      const entered = findEntered(owner, caller);
      enter(entered);
      const { mayWait } = owner;
      owner.mayWait = false;
      try {
        destructor(rep);
      } catch (reason) {
        throw toTrap(reason);
      }
      owner.mayWait = mayWait;
      leave(entered);
    },
  };
}

/**
 * A resource of a component that the host owns, until it disposes it or gives it back.
 *
 * Disposing calls the component's destructor, and rethrows its error; disposing again does nothing. While a call that
 * it was lent to is in flight, disposing throws a `TypeError`, and giving it back traps, since the callee still has a
 * handle.
 *
 * @see CanonicalABI.md `canon_resource_drop`, `num_lends`
 */
export class OwnedResource implements Disposable, Lent {
  readonly #type: LiveResourceType;
  readonly #rep: unknown;
  #gone = false;
  #lends = 0;

  constructor(type: LiveResourceType, rep: unknown) {
    this.#type = type;
    this.#rep = rep;
  }

  /** Its representation, for a call that it is lent to until the call gives it back. Traps if it is of another type. */
  lend(type: ResourceType, scope: BorrowScope | undefined): unknown {
    const rep = this.#require(type);
    if (scope !== undefined) {
      this.#lends++;
      (scope.lent ??= []).push(this);
    }
    return rep;
  }

  giveBack(): void {
    this.#lends--;
  }

  /** Its representation, which the host no longer owns afterwards. */
  give(type: ResourceType): unknown {
    const rep = this.#require(type);
    if (this.#lends > 0) trap("cannot remove owned resource while borrowed");
    this.#gone = true;
    return rep;
  }

  #require(type: ResourceType): unknown {
    if (this.#type !== type) trap("a resource of another type was passed");
    if (this.#gone) trap("a resource was passed that the host no longer owns");
    return this.#rep;
  }

  [Symbol.dispose](): void {
    if (this.#gone) return;
    if (this.#lends > 0) {
      throw new TypeError("A resource was disposed while a call that it was lent to is under way");
    }
    this.#gone = true;
    this.#type.destroy(this.#rep, undefined);
  }
}
