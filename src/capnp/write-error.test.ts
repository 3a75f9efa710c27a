import { describe, expect, test } from "vitest";
import { MessageBuilder } from "./builder.ts";
import type { Init } from "./init.ts";
import { MessageReader } from "./reader.ts";
import { data as constant, pair, points, tree } from "./samples/generated/constants.ts";
import { Chain, Everything, Lists, Point, Shape } from "./samples/generated/data.ts";
import type { PointerType } from "./types.ts";

function write<T>(type: PointerType<T>, value: NoInfer<Init<T>>): MessageReader {
  const message = new MessageBuilder();
  type.write(message.root, value);
  return MessageReader.fromFrame(message.toFrame());
}

/** Values that an untyped program may pass. */
function wrong(value: unknown): never {
  return value as never;
}

describe("what cannot be written is complete with its field:", () => {
  test.each<readonly [string, () => unknown, string]>([
    [
      "a text",
      () => write(Point, wrong({ label: null })),
      'Cannot write "label": null is not a valid Text',
    ],
    [
      "a number",
      () => write(Point, { x: 2 ** 31 }),
      'Cannot write "x": 2147483648 is not a valid Int32',
    ],
    [
      "no number",
      () => write(Point, wrong({ x: null })),
      'Cannot write "x": null is not a valid Int32',
    ],
    [
      "a bigint",
      () => write(Everything, wrong({ int64: 5 })),
      'Cannot write "int64": 5 is not a valid Int64: give a bigint',
    ],
    [
      "a bool",
      () => write(Everything, wrong({ flag: null })),
      'Cannot write "flag": null is not a valid Bool',
    ],
    [
      "a float",
      () => write(Everything, wrong({ float32: "1" })),
      'Cannot write "float32": a text is not a valid Float32',
    ],
    [
      "bytes",
      () => write(Everything, wrong({ data: [1] })),
      'Cannot write "data": a list is not a valid Data',
    ],
    [
      "an enum's value",
      () => write(Everything, wrong({ colour: "mauve" })),
      'Cannot write "colour": No such value of the enum: "mauve"',
    ],
    [
      "a struct",
      () => write(Everything, wrong({ point: 5 })),
      'Cannot write "point": 5 is not a valid struct "Point"',
    ],
    [
      "a field of a struct in lists in a struct",
      () => write(Everything, wrong({ lists: { points: [{}, { label: 5 }] } })),
      'Cannot write "lists.points[1].label": 5 is not a valid Text',
    ],
    [
      "an element of a list of lists",
      () => write(Lists, wrong({ matrix: [[1], [2, 3.5]] })),
      'Cannot write "matrix[1][1]": 3.5 is not a valid Int32',
    ],
    [
      "a list",
      () => write(Lists, wrong({ texts: "abc" })),
      'Cannot write "texts": a text is not a valid list',
    ],
    [
      "a field of a group in a union",
      () => write(Shape, wrong({ which: "box", box: { width: -1 } })),
      'Cannot write "box.width": -1 is not a valid UInt32',
    ],
    [
      "a record",
      () => write(Point, wrong(null)),
      'Cannot write null: it is not a valid struct "Point"',
    ],
  ])("%s", (_what, attempt, words) => {
    expect(attempt).toThrow(expect.objectContaining({ message: words }));
  });
});

describe("a field of a union", () => {
  test("is written only together with which", () => {
    // @ts-expect-error -- `which` is required
    const incomplete: Init<Shape> = { text: "x" };
    const words = 'Cannot write "text": it is a union member, so which: "text" is required';
    expect(() => write(Shape, incomplete)).toThrow(words);
    const complete: Init<Shape> = { which: "text", text: "x" };
    expect(Shape.read(write(Shape, complete).root)).toMatchObject(complete);
  });

  test("may be left out, with which or without", () => {
    const none: readonly Init<Shape>[] = [{}, { before: 3 }, { which: "number" }];
    const read = none.map((value) => Shape.read(write(Shape, value).root));
    expect(read.map(({ which }) => which)).toEqual(["empty", "empty", "number"]);
  });
});

describe("a default that contains the struct again", () => {
  test("is what the schema says, and holds nothing of its own default", () => {
    const inner = { value: 6, next: undefined, other: undefined, more: undefined };
    expect(Chain.read(write(Chain, {}).root)).toEqual({
      value: 9,
      next: undefined,
      other: { value: 5, next: inner, other: undefined, more: undefined },
      more: [{ value: 7, next: undefined, other: undefined, more: undefined }],
    });
  });

  test("gives way to what was written", () => {
    const written = Chain.read(write(Chain, { other: { value: 1 }, more: [] }).root);
    expect(written.other?.value).toBe(1);
    expect(written.more).toEqual([]);
    // Written, but not in full.
    expect(written.other?.other?.value).toBe(5);
  });
});

describe("a constant", () => {
  test("cannot be changed by whoever imports it", () => {
    expect(() => Object.assign(points[0] ?? {}, { x: 99 })).toThrow(TypeError);
    expect(() => Object.assign(pair, { first: "other" })).toThrow(TypeError);
    expect(() => (tree.kids as unknown[]).push({})).toThrow(TypeError);
  });

  test("of bytes has a type that nobody can write by", () => {
    expect(changeConstant).toBeTypeOf("function");
    expect(Everything.read(write(Everything, { data: constant }).root).data).toEqual(constant);
    expect(constant.slice()).toEqual(Uint8Array.of(0, 255, 127));
  });
});

/** Never called: the compiler refuses each of these. */
function changeConstant(): void {
  // @ts-expect-error -- read-only
  constant[0] = 1;
  // @ts-expect-error -- there is no such method
  constant.fill(1);
  // @ts-expect-error -- there is no way to its memory
  void constant.buffer;
}
