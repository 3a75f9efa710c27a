/** The state of a component instance: whether it may be entered and left, and its table of handles. */
import { refuse } from "./cursor.ts";
import { HANDLES_LIMIT, NESTING_LIMIT } from "./limits.ts";
import { trap } from "./trap.ts";
import type { ResourceType } from "./types.ts";

/** One entry of the table of handles. @see CanonicalABI.md "Resource State" */
export interface ResourceHandle {
  readonly resource: ResourceType;
  /** The host's object, or the number by which the defining instance identifies the resource. */
  readonly rep: unknown;
  readonly own: boolean;
  /** The call that a borrowed handle was passed to. */
  readonly scope: BorrowScope | undefined;
  lends: number;
}

/** The handles that were lent to one call and are not dropped yet. */
export interface BorrowScope {
  borrows: number;
  /** Resources of the host that were lent to the call; created with the first. */
  lent: Lent[] | undefined;
}

/** Something that is lent to a call until the call ends. */
export interface Lent {
  giveBack(): void;
}

/** @see CanonicalABI.md "Component Instances", "Table State" */
export class ComponentInstance {
  readonly parent: ComponentInstance | undefined;
  /** Nesting depth, 1 for an outermost instance. */
  readonly depth: number;
  /** The name of its first export, if it is nested in another instance; known once it is instantiated. */
  name: string | undefined;
  mayEnter = true;
  mayLeave = true;
  /**
   * Whether the code that runs in it now can be suspended: a call can, but not the start of a core module or a
   * destructor.
   */
  mayWait = false;
  /** Whether a function that it imports may suspend it; if so, its own functions may suspend as well. */
  suspends = false;
  /** Index 0 is never used, so that zero is not a valid handle. */
  readonly #handles: Array<ResourceHandle | undefined> = [undefined];
  readonly #free: number[] = [];
  /** One count for all instances nested in one, since each could fill a table of its own. */
  readonly #held: { handles: number };

  constructor(parent: ComponentInstance | undefined) {
    this.parent = parent;
    this.#held = parent === undefined ? { handles: 0 } : parent.#held;
    this.depth = (parent?.depth ?? 0) + 1;
    if (this.depth > NESTING_LIMIT) refuse("its instances are nested too deeply");
  }

  /** Must be called before core code of the instance calls anything outside of it. Traps while that is forbidden. */
  requireLeave(): void {
    if (!this.mayLeave) trap("cannot leave component instance");
  }

  add(resource: ResourceType, rep: unknown, own: boolean, scope?: BorrowScope): number {
    if (this.#held.handles >= HANDLES_LIMIT) trap(`it holds more than ${HANDLES_LIMIT} resources`);
    this.#held.handles++;
    const handle: ResourceHandle = { resource, rep, own, scope, lends: 0 };
    const free = this.#free.pop();
    if (free !== undefined) {
      this.#handles[free] = handle;
      return free;
    }
    return this.#handles.push(handle) - 1;
  }

  get(resource: ResourceType, index: number): ResourceHandle {
    const handle = this.#handles[index];
    if (handle === undefined) trap(`unknown handle index ${index}`);
    if (handle.resource !== resource) {
      trap(`handle index ${index} used with the wrong type, expected "${resource.name}"`);
    }
    return handle;
  }

  /** Removes a handle from the table; traps if it is lent. */
  remove(resource: ResourceType, index: number): ResourceHandle {
    const handle = this.get(resource, index);
    if (handle.lends > 0) trap("cannot remove owned resource while borrowed");
    this.#held.handles--;
    this.#handles[index] = undefined;
    this.#free.push(index);
    return handle;
  }
}
