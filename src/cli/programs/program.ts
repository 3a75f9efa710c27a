/** A program by other authors: how it is obtained, and what it should do as a cell. */
import type { Workshop } from "./workshop.ts";

export interface Program {
  readonly name: string;
  /** A core module for preview 1, or a component. @throws {Error} that says why it cannot be obtained */
  readonly module: Recipe<Uint8Array>;
  /** Texts in its image, by path from the root. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Files in its image, in base64. */
  readonly bytes?: Readonly<Record<string, string>>;
  /** Folders of this machine that are copied into its image, by path from the root. */
  readonly folders?: Readonly<Record<string, Recipe<string>>>;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it writes to its image; false by default. It can always write to `/tmp`. */
  readonly writable?: boolean;
  /** Its input, which then ends; empty by default. */
  readonly stdin?: string;
  /** Its complete standard output, or a pattern that must match in it. It should exit with 0. */
  readonly prints: string | RegExp;
}

/** Something that is fetched or built once, and taken from the workshop after that. */
export type Recipe<T> = (workshop: Workshop) => Promise<T>;
