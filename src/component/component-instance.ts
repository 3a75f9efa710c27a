/** The state of a component instance: whether it may be entered and left, and the handles that it holds. */
import { refuse } from "./cursor.ts";
import { HANDLES_LIMIT, NESTING_LIMIT } from "./limits.ts";
import { trap } from "./trap.ts";
import type { ResourceType } from "./types.ts";

/** An element of the table of handles. @see CanonicalABI.md "Resource State" */
export interface ResourceHandle {
  readonly resource: ResourceType;
  /** The host's object, or the number by which the defining instance knows it. */
  readonly rep: unknown;
  readonly own: boolean;
  /** The call that a borrowed handle was passed to. */
  readonly scope: BorrowScope | undefined;
  lends: number;
}

/** Handles that were lent to a call and are not dropped yet. */
export interface BorrowScope {
  borrows: number;
  /** Resources of the host that were lent to it; made with the first. */
  lent: Lent[] | undefined;
}

/** What is lent to a call until the call is over. */
export interface Lent {
  giveBack(): void;
}

/** @see CanonicalABI.md "Component Instances", "Table State" */
export class ComponentInstance {
  readonly parent: ComponentInstance | undefined;
  /** How many instances it is within, and itself. */
  readonly depth: number;
  /** What it exports first, if it is within another; known once it is instantiated. */
  name: string | undefined;
  mayEnter = true;
  mayLeave = true;
  /** Whether what runs in it now can be suspended: a call can, but no start of a core module, and no destructor. */
  mayWait = false;
  /** Whether a function that it calls may suspend it; so may its own, then. */
  suspends = false;
  /** The first is never given, so that zero is no handle. */
  readonly #handles: Array<ResourceHandle | undefined> = [undefined];
  readonly #free: number[] = [];
  /** One count for all instances within one: each could fill a table of its own. */
  readonly #held: { handles: number };

  constructor(parent: ComponentInstance | undefined) {
    this.parent = parent;
    this.#held = parent === undefined ? { handles: 0 } : parent.#held;
    this.depth = (parent?.depth ?? 0) + 1;
    if (this.depth > NESTING_LIMIT) refuse("its instances are nested too deep");
  }

  /** To be called before its core code calls anything outside of it. */
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

  /** Takes a handle out of the table; lent ones stay. */
  remove(resource: ResourceType, index: number): ResourceHandle {
    const handle = this.get(resource, index);
    if (handle.lends > 0) trap("cannot remove owned resource while borrowed");
    this.#held.handles--;
    this.#handles[index] = undefined;
    this.#free.push(index);
    return handle;
  }
}
