/** Values of random schemas, through our codec and the reference implementation's tool. */
import { concatBytes } from "#base";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MessageBuilder } from "./builder.ts";
import { equalMessages } from "./equal-messages.testing.ts";
import { createDeframer } from "./framing.ts";
import { capnp, createFolder, hasCapnp, load } from "./generator/compile.testing.ts";
import { complete, printSchema, randomSchema, structValue } from "./random-schema.testing.ts";
import { MessageReader } from "./reader.ts";
import type { StructType } from "./types.ts";

function writeAll(type: StructType<unknown>, values: readonly object[]): Uint8Array[] {
  return values.map((value) => {
    const message = new MessageBuilder();
    type.write(message.root, value);
    return message.toFrame();
  });
}

function split(stream: Uint8Array): Uint8Array[] {
  return createDeframer(2 ** 30).push(Uint8Array.from(stream));
}

/** Some schemas hit a bug in the compiler; the test skips them. */
function tryLoad(schema: string): Record<string, unknown> {
  try {
    return load(schema);
  } catch (error) {
    fc.pre(!String(error).includes("would cause this schema to be compiled incorrectly"));
    throw error;
  }
}

const schemaAndValues = randomSchema.chain((schema) =>
  fc.tuple(fc.constant(schema), fc.array(structValue(schema), { minLength: 1, maxLength: 12 })),
);

describe.skipIf(!hasCapnp())("values of random schemas (needs Debian's capnproto)", () => {
  test("read back as they were written, and again when the reference implementation has rewritten them", () => {
    fc.assert(
      fc.property(schemaAndValues, ([schema, values]) => {
        const text = printSchema(schema);
        const type = tryLoad(text)["Struct0"] as StructType<unknown>;
        const expected = values.map((value) => complete(schema, value));
        const read = (frame: Uint8Array): unknown => type.read(MessageReader.fromFrame(frame).root);

        const frames = writeAll(type, values);
        expect(frames.map(read)).toEqual(expected);

        using folder = createFolder({ "test.capnp": text });
        const convert = (conversion: string, input: Uint8Array, ...options: string[]): Uint8Array =>
          capnp(["convert", ...options, conversion, `${folder.path}/test.capnp`, "Struct0"], input);
        const printed = convert("binary:text", concatBytes(frames));
        for (const size of ["16", "200"]) {
          const rewritten = split(convert("text:binary", printed, `--segment-size=${size}`));
          expect(rewritten.map(read)).toEqual(expected);
          rewritten.forEach((frame, at) => {
            const ours = MessageReader.fromFrame(frames[at] ?? new Uint8Array(0)).root;
            expect(equalMessages(MessageReader.fromFrame(frame).root, ours)).toBe(true);
          });
        }
      }),
      { seed: 6, numRuns: 12, interruptAfterTimeLimit: 20_000 },
    );
  }, 60_000);
});
