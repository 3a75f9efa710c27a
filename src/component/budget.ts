/** What carrying out a component may take in all: its definitions are a program without loops, but each can double the work. */
import { refuse } from "./cursor.ts";
import type { Definition, TypeDefinition } from "./definitions.ts";
import { INSTANCES_LIMIT, STEPS_LIMIT } from "./limits.ts";

export class Budget {
  #steps = 0;
  #coreInstances = 0;

  /** To be called for each definition and declaration, each time that it is carried out. */
  step(definition: Definition): void {
    this.#steps += 1 + countParts(definition);
    if (definition.op === "type") this.#steps += countParts(definition.type);
    if (this.#steps > STEPS_LIMIT) refuse(`its definitions take more than ${STEPS_LIMIT} steps`);
  }

  coreInstance(): void {
    if (++this.#coreInstances > INSTANCES_LIMIT) {
      refuse(`it makes more than ${INSTANCES_LIMIT} core instances`);
    }
  }
}

/** Its arguments, exports, parts, labels or parameters: a type of many is as much work as many types. */
function countParts(definition: Definition | TypeDefinition): number {
  // By name: to ask any object for its arrays takes a quarter of the time that a component is looked at.
  if ("args" in definition) return definition.args.length;
  if ("items" in definition) return definition.items.length;
  if ("labels" in definition) return Math.max(definition.labels.length, definition.of.length);
  if ("declarations" in definition) return definition.declarations.length;
  return 0;
}
