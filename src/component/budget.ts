/**
 * Limits on carrying out a component as a whole: its definitions are a program without loops, but each can double the
 * work.
 */
import { refuse } from "./cursor.ts";
import { INSTANCES_LIMIT, STEPS_LIMIT } from "./limits.ts";

export class Budget {
  #steps = 0;
  #coreInstances = 0;

  /**
   * Counts a definition or declaration each time that it is carried out, and its arguments, exports, parts, labels and
   * parameters: one type of many parts is as much work as many types.
   */
  step(steps: number): void {
    this.#steps += steps;
    if (this.#steps > STEPS_LIMIT) refuse(`its definitions take more than ${STEPS_LIMIT} steps`);
  }

  /**
   * Counts every 16 characters of a name or label, each time that it is examined, since a long one takes as long as
   * many short ones.
   */
  name({ length }: string): void {
    if (length >= 16) this.step(length >> 4);
  }

  coreInstance(): void {
    if (++this.#coreInstances > INSTANCES_LIMIT) {
      refuse(`it makes more than ${INSTANCES_LIMIT} core instances`);
    }
  }
}
