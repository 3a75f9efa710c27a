/** A reference count that does not recover from 0. */
export class RefCount {
  #count: number;

  constructor(count = 1) {
    this.#count = count;
  }

  /** Whether the count is above 0. */
  get isHeld(): boolean {
    return this.#count > 0;
  }

  add(): void {
    this.#count++;
  }

  /** @returns whether the count reached 0; true only once, even with too many releases */
  remove(): boolean {
    return --this.#count === 0;
  }
}
