/** Element sizes of lists, by their values on the wire; separate constants, so that the bundler inlines the numbers. */
export const VOID = 0;
export const BIT = 1;
export const BYTE = 2;
export const TWO_BYTES = 3;
export const FOUR_BYTES = 4;
export const EIGHT_BYTES = 5;
export const POINTER = 6;
export const COMPOSITE = 7;

/** The element sizes by name. */
export const ElementSize: {
  readonly void: typeof VOID;
  readonly bit: typeof BIT;
  readonly byte: typeof BYTE;
  readonly twoBytes: typeof TWO_BYTES;
  readonly fourBytes: typeof FOUR_BYTES;
  readonly eightBytes: typeof EIGHT_BYTES;
  readonly pointer: typeof POINTER;
  readonly composite: typeof COMPOSITE;
} = {
  void: VOID,
  bit: BIT,
  byte: BYTE,
  twoBytes: TWO_BYTES,
  fourBytes: FOUR_BYTES,
  eightBytes: EIGHT_BYTES,
  pointer: POINTER,
  composite: COMPOSITE,
};
export type ElementSize = (typeof ElementSize)[keyof typeof ElementSize];
