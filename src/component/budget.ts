/** What carrying out a component may take in all: its definitions are a program without loops, but each can double the work. */
import { refuse } from "./cursor.ts";
import type { Definition } from "./definitions.ts";
import { INSTANCES_LIMIT, STEPS_LIMIT } from "./limits.ts";

export class Budget {
  /** Whether definitions were counted before, on paper, with all that is in them. */
  readonly #isKnown: boolean;
  #steps = 0;
  #coreInstances = 0;

  constructor(isKnown = false) {
    this.#isKnown = isKnown;
  }

  /** To be called for each definition and declaration, each time that it is carried out. */
  step(definition: Definition): void {
    this.#steps += this.#isKnown ? 1 : countParts(definition);
    if (!this.#isKnown && "type" in definition && typeof definition.type === "object") {
      this.#steps += countParts(definition.type);
    }
    if (this.#steps > STEPS_LIMIT) refuse(`its definitions take more than ${STEPS_LIMIT} steps`);
  }

  coreInstance(): void {
    if (++this.#coreInstances > INSTANCES_LIMIT) {
      refuse(`it makes more than ${INSTANCES_LIMIT} core instances`);
    }
  }
}

/** It and its arguments, exports, fields, cases, labels or parameters: a type of many is as much work as many types. */
function countParts(definition: object): number {
  let parts = 1;
  for (const part of Object.values(definition) as readonly unknown[]) {
    if (Array.isArray(part)) parts += part.length;
  }
  return parts;
}
