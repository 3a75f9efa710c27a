/** How many hold something. One that nobody holds any more stays so. */
export class Holders {
  #count: number;

  constructor(count = 1) {
    this.#count = count;
  }

  /** Whether anybody does. */
  get any(): boolean {
    return this.#count > 0;
  }

  add(): void {
    this.#count++;
  }

  /** @returns whether that was the last one: true once, also where more let go than have held */
  remove(): boolean {
    return --this.#count === 0;
  }
}
