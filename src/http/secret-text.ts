/** A text that printing, serialising and cloning do not show. */

const SHOWN = "[secret]";

/** Prints, serialises and clones as `[secret]` or as nothing; only `reveal` gives the text. */
export class SecretText {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }
}
