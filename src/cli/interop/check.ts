/** The checks of an implementation. */
import type { Workshop } from "../programs/workshop.ts";

/** A wait that has an end. */
export interface Limited {
  readonly signal: AbortSignal;
}

/** @throws {Error} that says what failed */
export type Check = (program: string, waiting: Limited) => Promise<void>;

export interface Implementation {
  readonly name: string;
  /** The compiler that it needs. */
  readonly tool: string;
  /** @returns the path of the program, which is built again only if its sources have changed */
  build(workshop: Workshop): Promise<string>;
  readonly checks: Readonly<Record<string, Check>>;
}
