/**
 * A capability as messages see it: reference counted, never called.
 *
 * `capability.ts` adds calls, whose parameters and results are messages. One file for both would make messages and
 * capabilities import each other.
 */
export interface Capability {
  /** Increments the reference count. @returns itself */
  retain(): this;
  /** Decrements the reference count; at 0 the capability is released. */
  release(): void;
}
