/** One codec for each type, created on first use. */
import type { Codec } from "./codec.ts";
import { createBorrowCodec, createOwnCodec } from "./handle-codec.ts";
import type { Facing } from "./handle-codec.ts";
import { createFixedListCodec, createListCodec } from "./list-codec.ts";
import { createNumberCodec } from "./number-codecs.ts";
import { createFlagsCodec, createRecordCodec, createTupleCodec } from "./record-codec.ts";
import type { LiveResourceType } from "./resources.ts";
import { createStringCodec } from "./string-codec.ts";
import { isNumber } from "./types.ts";
import type { ValueType } from "./types.ts";
import { createEnumCodec, createOptionCodec, createVariantCodec } from "./variant-codec.ts";

export class Codecs {
  readonly #facing: Facing;
  readonly #made = new Map<ValueType, Codec>();

  constructor(facing: Facing) {
    this.#facing = facing;
  }

  get(type: ValueType): Codec;
  get(type: ValueType | undefined): Codec | undefined;
  get(type: ValueType | undefined): Codec | undefined {
    let codec = type && this.#made.get(type);
    if (type !== undefined && codec === undefined) {
      this.#made.set(type, (codec = this.#create(type)));
    }
    return codec;
  }

  #create(type: ValueType): Codec {
    const { kind, labels, length } = type;
    const of = type.of.map((part) => this.get(part));
    const [first, second] = of as [Codec, Codec];
    if (isNumber(kind)) return createNumberCodec(kind, type);
    switch (kind) {
      case "string":
        return createStringCodec(type);
      case "list":
        return length === undefined
          ? createListCodec(type, type.of[0]?.kind, first)
          : createFixedListCodec(type, first, length);
      case "record":
        return createRecordCodec(type, labels, of as Codec[]);
      case "tuple":
        return createTupleCodec(type, of as Codec[]);
      case "flags":
        return createFlagsCodec(type, labels);
      case "enum":
        return createEnumCodec(type, labels);
      case "variant":
        return createVariantCodec(type, labels, of);
      case "option":
        return createOptionCodec(type, second, type.of[1]?.kind === "option");
      case "result":
        return createVariantCodec(type, ["ok", "err"], of);
      // All resource types that occur at run time are live ones.
      case "own":
        return createOwnCodec(type, type.resource as LiveResourceType, this.#facing);
      case "borrow":
        return createBorrowCodec(type, type.resource as LiveResourceType, this.#facing);
    }
  }
}
