/** One codec for each type, made when it is first needed. */
import type { Codec } from "./codec.ts";
import { createBorrowCodec, createOwnCodec } from "./handle-codec.ts";
import type { Facing } from "./handle-codec.ts";
import { createFixedListCodec, createListCodec } from "./list-codec.ts";
import { createNumberCodec } from "./number-codecs.ts";
import { createFlagsCodec, createRecordCodec, createTupleCodec } from "./record-codec.ts";
import type { LiveResourceType } from "./resources.ts";
import { createStringCodec } from "./string-codec.ts";
import { isPrimitive } from "./types.ts";
import type { ValueType } from "./types.ts";
import {
  createEnumCodec,
  createOptionCodec,
  createResultCodec,
  createVariantCodec,
} from "./variant-codec.ts";

export class Codecs {
  readonly #facing: Facing;
  readonly #made = new Map<ValueType, Codec>();

  constructor(facing: Facing) {
    this.#facing = facing;
  }

  get(type: ValueType): Codec {
    let codec = this.#made.get(type);
    if (codec === undefined) this.#made.set(type, (codec = this.#create(type)));
    return codec;
  }

  getOptional(type: ValueType | undefined): Codec | undefined {
    return type === undefined ? undefined : this.get(type);
  }

  #create(type: ValueType): Codec {
    if (isPrimitive(type)) {
      return type.kind === "string" ? createStringCodec(type) : createNumberCodec(type.kind, type);
    }
    switch (type.kind) {
      case "list":
        return type.length === undefined
          ? createListCodec(type, type.of.kind, this.get(type.of))
          : createFixedListCodec(type, this.get(type.of), type.length);
      case "record":
        return createRecordCodec(
          type,
          type.fields.map(([label]) => label),
          type.fields.map(([, of]) => this.get(of)),
        );
      case "tuple":
        return createTupleCodec(
          type,
          type.of.map((of) => this.get(of)),
        );
      case "flags":
        return createFlagsCodec(type, type.labels);
      case "enum":
        return createEnumCodec(type, type.labels);
      case "variant":
        return createVariantCodec(
          type,
          type.cases.map(([label]) => label),
          type.cases.map(([, of]) => this.getOptional(of)),
        );
      case "option":
        return createOptionCodec(type, this.get(type.of), type.of.kind === "option");
      case "result":
        return createResultCodec(type, this.getOptional(type.ok), this.getOptional(type.err));
      // All resource types that are met at run time are live ones.
      case "own":
        return createOwnCodec(type, type.resource as LiveResourceType, this.#facing);
      case "borrow":
        return createBorrowCodec(type, type.resource as LiveResourceType, this.#facing);
    }
  }
}
