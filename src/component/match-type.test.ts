import { expect, test } from "vitest";
import { TypeMatcher } from "./match-type.ts";
import { createValueType, PRIMITIVES } from "./types.ts";
import type { ResourceType, Shape, ValueType } from "./types.ts";

const U8 = PRIMITIVES.get("u8");
const U16 = PRIMITIVES.get("u16");
const FILE: ResourceType = { kind: "resource", name: "file", owner: undefined };

function matcher(): TypeMatcher {
  return new TypeMatcher((resource) => resource);
}

/** Types that each differ from the others in one property. */
const SHAPES: readonly Shape[] = [
  { kind: "list", of: [U8] },
  { kind: "list", of: [U16] },
  { kind: "list", of: [U8], length: 2 },
  { kind: "list", of: [U8], length: 3 },
  { kind: "tuple", of: [U8, U8] },
  { kind: "tuple", of: [U8] },
  { kind: "record", labels: ["a", "b"], of: [U8, U8] },
  { kind: "record", labels: ["b", "a"], of: [U8, U8] },
  { kind: "variant", labels: ["a", "b"], of: [undefined, U8] },
  { kind: "variant", labels: ["a", "b"], of: [U8, undefined] },
  { kind: "variant", labels: ["a", "b"], of: [undefined, undefined] },
  { kind: "enum", labels: ["a", "b"] },
  { kind: "flags", labels: ["a", "b"] },
  { kind: "result", of: [undefined, U8] },
  { kind: "result", of: [U8, undefined] },
  { kind: "own", resource: FILE },
  { kind: "own", resource: { ...FILE } },
  { kind: "borrow", resource: FILE },
];

test("TypeMatcher.isSame() is true for types of the same shape alone, whatever they are within", () => {
  const types = matcher();
  for (const [at, a] of SHAPES.entries()) {
    for (const [other, b] of SHAPES.entries()) {
      const [outer, inner] = [a, b].map((shape) =>
        createValueType({ kind: "option", of: [undefined, createValueType(shape)] }),
      ) as [ValueType, ValueType];
      expect(types.isSame(createValueType(a), createValueType(b))).toBe(at === other);
      expect(types.isSame(outer, inner)).toBe(at === other);
    }
  }
});

test.each([1, 20])(
  "TypeMatcher.isSameFunc() asks of %i parameters their types, not names",
  (count) => {
    const make = (label: string, type: ValueType | undefined) => ({
      kind: "func" as const,
      tuple: createValueType({
        kind: "tuple",
        labels: Array.from({ length: count }, (_, at) => `${label}${at}`),
        of: Array.from({ length: count }, () => type),
      }),
      result: undefined,
    });
    const a = make("a", U8);
    expect(matcher().isSameFunc(a, make("b", U8))).toBe(true);
    expect(matcher().isSameFunc(a, make("a", U16))).toBe(false);
    expect(matcher().isSameFunc(a, { ...a, result: U8 })).toBe(false);
  },
);

test("TypeMatcher looks at each type once, and at labels that types share, if each is compared with each", () => {
  let looks = 0;
  const labels = ["a", "b"];
  labels.join = (separator) => {
    looks++;
    return Array.prototype.join.call(labels, separator);
  };
  const all = Array.from({ length: 30 }, () => {
    const type = createValueType({ kind: "enum", labels });
    return Object.defineProperty(type, "of", { get: () => (looks++, []) });
  });
  const types = matcher();
  for (const a of all) for (const b of all) expect(types.isSame(a, b)).toBe(true);
  expect(looks).toBe(all.length + 1);
});
