/** Properties of types that only the survey needs. */
import type { ValueType } from "./types.ts";

export interface Traits {
  /** Whether values contain strings or lists, which point to memory of their own. */
  readonly pointers: boolean;
  /** Whether values contain handles. */
  readonly handles: boolean;
  /** Whether values contain borrowed handles. */
  readonly borrows: boolean;
  readonly depth: number;
}

/**
 * Types are graphs, so traits are computed once for each type. Ask for parts before the whole, or `of` recurses deeply.
 */
export class TypeTraits {
  readonly #known = new Map<ValueType, Traits>();

  of(type: ValueType): Traits {
    const known = this.#known.get(type);
    if (known !== undefined) return known;
    const { kind, length, of } = type;
    let pointers = kind === "string" || (kind === "list" && length === undefined);
    let handles = kind === "own" || kind === "borrow";
    let borrows = kind === "borrow";
    let depth = 1;
    for (const part of of) {
      if (part === undefined) continue;
      const traits = this.of(part);
      pointers ||= traits.pointers;
      handles ||= traits.handles;
      borrows ||= traits.borrows;
      depth = Math.max(depth, traits.depth + 1);
    }
    const traits = { pointers, handles, borrows, depth };
    this.#known.set(type, traits);
    return traits;
  }
}
