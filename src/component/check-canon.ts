/** Whether canonical functions have the options that their types need. @see CanonicalABI.md "`canonopt` Validation" */
import { refuse } from "./cursor.ts";
import type { CanonicalOptions } from "./definitions.ts";
import { FLAT_LIMIT } from "./types.ts";
import type { FuncType } from "./types.ts";

/** What of a function goes through memory. */
interface Passed {
  readonly paramsInMemory: boolean;
  readonly resultInMemory: boolean;
  readonly paramPointers: boolean;
  readonly resultPointers: boolean;
}

/** Parameters are written by the caller's side, and results read. */
export function checkLift(type: FuncType, options: CanonicalOptions): void {
  const { paramsInMemory, resultInMemory, paramPointers, resultPointers } = findPassed(type);
  check(options, {
    memory: paramsInMemory || resultInMemory || paramPointers || resultPointers,
    realloc: paramsInMemory || paramPointers,
  });
}

/** Parameters are read, and results written to where the caller says. */
export function checkLower(type: FuncType, options: CanonicalOptions): void {
  const { paramsInMemory, resultInMemory, paramPointers, resultPointers } = findPassed(type);
  check(options, {
    memory: paramsInMemory || resultInMemory || paramPointers || resultPointers,
    realloc: resultPointers,
  });
}

function findPassed({ tuple, result }: FuncType): Passed {
  return {
    paramsInMemory: tuple.flat.length > FLAT_LIMIT,
    resultInMemory: result !== undefined && result.flat.length > 1,
    paramPointers: tuple.pointers,
    resultPointers: result?.pointers === true,
  };
}

function check(
  options: CanonicalOptions,
  needed: { readonly memory: boolean; readonly realloc: boolean },
): void {
  for (const name of ["memory", "realloc"] as const) {
    if (needed[name] && options[name] === undefined) {
      refuse(`a canonical function lacks the option "${name}"`);
    }
  }
}
