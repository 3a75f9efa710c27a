/** What is checked of each implementation. */
import type { Workshop } from "../programs/workshop.ts";

/** A wait that has an end. */
export interface Limited {
  readonly signal: AbortSignal;
}

/** @throws {Error} that says what was not as it should be */
export type Check = (program: string, waiting: Limited) => Promise<void>;

export interface Implementation {
  readonly name: string;
  /** The compiler that it needs. */
  readonly tool: string;
  /** @returns the path of the program; made anew only where its sources changed */
  build(workshop: Workshop): Promise<string>;
  readonly checks: Readonly<Record<string, Check>>;
}
