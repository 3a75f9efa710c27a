/** What carrying out a component may take in all: its definitions are a program without loops, but each can double the work. */
import { refuse } from "./cursor.ts";
import type { Definition, TypeDefinition } from "./definitions.ts";
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
    if (this.#isKnown) this.#steps++;
    else if (definition.op === "type") this.#steps += 1 + countParts(definition.type);
    else this.#steps += countParts(definition) + ("type" in definition ? 1 : 0);
    if (this.#steps > STEPS_LIMIT) refuse(`its definitions take more than ${STEPS_LIMIT} steps`);
  }

  coreInstance(): void {
    if (++this.#coreInstances > INSTANCES_LIMIT) {
      refuse(`it makes more than ${INSTANCES_LIMIT} core instances`);
    }
  }
}

/** It and its arguments, exports, fields, cases, labels or parameters: a type of many is as much work as many types. */
function countParts(definition: Definition | TypeDefinition): number {
  // By name: to ask any object for its arrays takes a quarter of the time that a component is looked at.
  if ("args" in definition) return 1 + definition.args.length;
  if ("items" in definition) return 1 + definition.items.length;
  if ("fields" in definition) return 1 + definition.fields.length;
  if ("cases" in definition) return 1 + definition.cases.length;
  if ("labels" in definition) return 1 + definition.labels.length;
  if ("params" in definition) return 1 + definition.params.length;
  if ("declarations" in definition) return 1 + definition.declarations.length;
  if ("of" in definition && typeof definition.of === "object") return 1 + definition.of.length;
  return 1;
}
