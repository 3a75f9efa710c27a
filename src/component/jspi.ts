/** WebAssembly's promise integration, which TypeScript's library does not know yet. @see https://webassembly.github.io/js-promise-integration/ */

import type { CoreValue } from "./codec.ts";

interface PromiseIntegration {
  readonly Suspending: new (func: (...flat: never[]) => unknown) => object;
  promising(func: CoreFunc): (...flat: CoreValue[]) => Promise<unknown>;
}

type CoreFunc = (...flat: CoreValue[]) => unknown;

/** What a core module imports in place of the function: a promise that it returns suspends the module. */
export function toSuspending(func: (...flat: never[]) => unknown): object {
  const { Suspending } = WebAssembly as unknown as PromiseIntegration;
  return Object.assign(new Suspending(func), { of: func });
}

/**
 * The core function, as one that returns a promise where it is suspended. What is not of WebAssembly, which a component
 * lifts as it was given it, has no stack to suspend.
 */
export function toPromising(core: CoreFunc & { readonly of?: CoreFunc }): CoreFunc {
  try {
    return core.of ?? (WebAssembly as unknown as PromiseIntegration).promising(core);
  } catch {
    return core;
  }
}
