/**
 * A capability as messages know it, which hold it and never call it.
 *
 * `capability.ts` adds how it is called: a call has parameters and results, which are messages. In one file, messages and
 * capabilities would import each other.
 */
export interface Capability {
  /** Adds a holder. @returns itself */
  retain(): this;
  /** Takes one holder away; the last one ends it. */
  release(): void;
}
