/** WebAssembly's promise integration, which TypeScript's library does not know yet. @see https://webassembly.github.io/js-promise-integration/ */

import type { CoreValue } from "./codec.ts";

interface PromiseIntegration {
  readonly Suspending: new (func: (...flat: never[]) => unknown) => object;
  promising(func: CoreFunc): (...flat: CoreValue[]) => Promise<unknown>;
}

type CoreFunc = (...flat: CoreValue[]) => unknown;

/** Wraps a function for import by a core module: a promise that it returns suspends the module. */
export function toSuspending(func: (...flat: never[]) => unknown): object {
  const { Suspending } = WebAssembly as unknown as PromiseIntegration;
  return Object.assign(new Suspending(func), { of: func });
}

/**
 * Wraps a core function so that it returns a promise when it is suspended. A function that is not WebAssembly's own,
 * which a component lifts as it was imported, has no stack to suspend, and is returned unwrapped.
 */
export function toPromising(core: CoreFunc & { readonly of?: CoreFunc }): CoreFunc {
  try {
    return core.of ?? (WebAssembly as unknown as PromiseIntegration).promising(core);
  } catch {
    return core;
  }
}
