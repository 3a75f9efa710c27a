/** WebAssembly's promise integration, which TypeScript's library does not know yet. @see https://webassembly.github.io/js-promise-integration/ */

import type { CoreValue } from "./codec.ts";

interface PromiseIntegration {
  readonly Suspending: new (func: (...flat: never[]) => unknown) => object;
  promising(func: (...flat: CoreValue[]) => unknown): (...flat: CoreValue[]) => Promise<unknown>;
}

/** What a core module imports in place of the function: a promise that it returns suspends the module. */
export function toSuspending(func: (...flat: never[]) => unknown): object {
  const { Suspending } = WebAssembly as unknown as PromiseIntegration;
  return new Suspending(func);
}

/**
 * The exported function, which returns a promise and may be suspended. One that is not of WebAssembly, which a component
 * lifts after it lowered it, throws when it is called.
 */
export function toPromising(
  func: (...flat: CoreValue[]) => unknown,
): (...flat: CoreValue[]) => unknown {
  try {
    return (WebAssembly as unknown as PromiseIntegration).promising(func);
  } catch (reason) {
    return () => {
      throw reason;
    };
  }
}
