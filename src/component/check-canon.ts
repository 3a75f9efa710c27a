/**
 * Checks that canonical functions have the options that their types need. @see CanonicalABI.md "`canonopt` Validation"
 */
import { refuse } from "./cursor.ts";
import type { CanonicalContext } from "./engine.ts";
import type { TypeTraits } from "./type-traits.ts";
import { FLAT_LIMIT } from "./types.ts";
import type { FuncType } from "./types.ts";

/** The parts of a function's values that pass through memory. */
interface Passed {
  readonly paramsInMemory: boolean;
  readonly resultInMemory: boolean;
  readonly paramPointers: boolean;
  readonly resultPointers: boolean;
}

/** The caller's side writes the parameters and reads the result. */
export function checkLift(type: FuncType, context: CanonicalContext, traits: TypeTraits): void {
  const { paramsInMemory, resultInMemory, paramPointers, resultPointers } = findPassed(
    type,
    traits,
  );
  check(context, {
    memory: paramsInMemory || resultInMemory || paramPointers || resultPointers,
    realloc: paramsInMemory || paramPointers,
  });
}

/** The caller's side reads the parameters, and writes the result to an address that core code passes. */
export function checkLower(type: FuncType, context: CanonicalContext, traits: TypeTraits): void {
  if (context.postReturn !== undefined) refuse('"canon lower" cannot have "post-return"');
  const { paramsInMemory, resultInMemory, paramPointers, resultPointers } = findPassed(
    type,
    traits,
  );
  check(context, {
    memory: paramsInMemory || resultInMemory || paramPointers || resultPointers,
    realloc: resultPointers,
  });
}

function findPassed({ tuple, result }: FuncType, traits: TypeTraits): Passed {
  return {
    paramsInMemory: tuple.flat.length > FLAT_LIMIT,
    resultInMemory: result !== undefined && result.flat.length > 1,
    paramPointers: traits.of(tuple).pointers,
    resultPointers: result !== undefined && traits.of(result).pointers,
  };
}

function check(
  context: CanonicalContext,
  needed: { readonly memory: boolean; readonly realloc: boolean },
): void {
  if (context.realloc !== undefined && context.memory === undefined) {
    refuse('a canonical function has the option "realloc" without "memory"');
  }
  for (const name of ["memory", "realloc"] as const) {
    if (needed[name] && context[name] === undefined) {
      refuse(`a canonical function lacks the option "${name}"`);
    }
  }
}
