/** A model of random schemas: their text, values for them, and how those values read back. */
import * as fc from "fast-check";

type Type =
  | { readonly type: "number"; readonly name: NumberName }
  | { readonly type: "enum" | "text" | "data" }
  | { readonly type: "list"; readonly element: Type }
  | { readonly type: "struct"; readonly index: number };

/** A field, or a group if it has no type. */
interface Member {
  readonly name: string;
  readonly type: Type | Body;
  /** The explicit default of a field. */
  readonly byDefault?: unknown;
}

interface Body {
  readonly members: readonly Member[];
  /** None, or at least two. */
  readonly union: readonly Member[];
}

/** The structs, named `Struct0` and so on; the enum `Colour` goes with them. */
export type RandomSchema = readonly Body[];

const COLOURS = ["red", "green", "blue"] as const;

type NumberName = "Void" | "Bool" | `${"Int" | "UInt"}${8 | 16 | 32 | 64}` | `Float${32 | 64}`;

const NUMBERS: Readonly<Record<NumberName, fc.Arbitrary<unknown>>> = {
  Void: fc.constant(undefined),
  Bool: fc.boolean(),
  Int8: fc.integer({ min: -128, max: 127 }),
  Int16: fc.integer({ min: -32768, max: 32767 }),
  Int32: fc.integer(),
  Int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  UInt8: fc.nat(255),
  UInt16: fc.nat(65535),
  UInt32: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  UInt64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  // The reference implementation prints too few digits of most other numbers, and drops the sign of -0.
  Float32: fc.oneof(
    fc.integer({ min: -(2 ** 16), max: 2 ** 16 }).map((value) => value / 4 + 0),
    fc.constantFrom(Infinity, -Infinity, Number.NaN),
  ),
  Float64: fc.double().map((value) => (value === 0 ? 0 : value)),
};

const STRUCTS = 3;

/** Characters by which the reference implementation's tool finds the end of a message in text, even within strings. */
const CUTS = /[()[\]#"'\\]/u;

const number: fc.Arbitrary<Type> = fc
  .constantFrom(...(Object.keys(NUMBERS) as NumberName[]))
  .map((name) => ({ type: "number", name }));
const scalar: fc.Arbitrary<Type> = fc.oneof(
  { weight: 3, arbitrary: number },
  {
    weight: 2,
    arbitrary: fc.constantFrom("enum", "text", "data").map((type) => ({ type }) as const),
  },
);
const struct: fc.Arbitrary<Type> = fc
  .nat(STRUCTS - 1)
  .map((index) => ({ type: "struct", index }) as const);
const element = fc.oneof(scalar, struct);
const list = (of: fc.Arbitrary<Type>): fc.Arbitrary<Type> =>
  of.map((element) => ({ type: "list", element }) as const);
const type: fc.Arbitrary<Type> = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 2, arbitrary: struct },
  { weight: 2, arbitrary: list(element) },
  { weight: 1, arbitrary: list(list(element)) },
);

function body(depth: number): fc.Arbitrary<Body> {
  const member: fc.Arbitrary<Omit<Member, "name">> = fc.oneof(
    { weight: 5, arbitrary: type.chain(withDefault) },
    ...(depth > 0 ? [{ weight: 1, arbitrary: body(depth - 1).map((type) => ({ type })) }] : []),
  );
  return fc
    .record({
      members: fc.array(member, { minLength: 1, maxLength: 6 }),
      union: fc.oneof(
        fc.constant<Omit<Member, "name">[]>([]),
        fc.array(member, { minLength: 2, maxLength: 4 }),
      ),
    })
    .map(({ members, union }) => ({
      members: members.map((member, at) => ({ ...member, name: `field${at}` })),
      union: union.map((member, at) => ({ ...member, name: `choice${at}` })),
    }));
}

/** Types that contain no structs can have a default. */
function withDefault(type: Type): fc.Arbitrary<Omit<Member, "name">> {
  const leaf = type.type === "list" ? type.element : type;
  const isVoid = type.type === "number" && type.name === "Void";
  if (isVoid || leaf.type === "struct" || leaf.type === "list") return fc.constant({ type });
  return fc.oneof(
    fc.constant({ type }),
    valueOf([], type, 0).map((byDefault) => ({ type, byDefault })),
  );
}

export const randomSchema: fc.Arbitrary<RandomSchema> = fc.array(body(2), {
  minLength: STRUCTS,
  maxLength: STRUCTS,
});

/** Values to write, in which some fields are omitted. */
export function structValue(schema: RandomSchema, index = 0, depth = 3): fc.Arbitrary<object> {
  return bodyValue(schema, at(schema, index), depth);
}

function bodyValue(
  schema: RandomSchema,
  { members, union }: Body,
  depth: number,
): fc.Arbitrary<object> {
  const memberValue = ({ name, type }: Member): fc.Arbitrary<object> => {
    const value = isBody(type) ? bodyValue(schema, type, depth) : valueOf(schema, type, depth);
    return value.map((value) => ({ [name]: value }));
  };
  const optional = members.map((member) =>
    fc.oneof(
      { weight: 1, arbitrary: fc.constant({}) },
      { weight: 3, arbitrary: memberValue(member) },
    ),
  );
  const chosen = union.map((member) =>
    memberValue(member).map((value) => ({ which: member.name, ...value })),
  );
  return fc
    .tuple(...optional, chosen.length === 0 ? fc.constant({}) : fc.oneof(...chosen))
    .map((parts) => Object.assign({}, ...parts) as object);
}

function valueOf(schema: RandomSchema, type: Type, depth: number): fc.Arbitrary<unknown> {
  switch (type.type) {
    case "number":
      return NUMBERS[type.name];
    case "enum":
      return fc.constantFrom(...COLOURS);
    case "text":
      return fc
        .string({ unit: "binary", maxLength: 100 })
        .map((text) => text.replaceAll(new RegExp(CUTS, "gu"), "x"));
    case "data":
      return fc
        .uint8Array({ maxLength: 20 })
        .map((bytes) => bytes.map((byte) => (CUTS.test(String.fromCharCode(byte)) ? 0 : byte)));
    case "list":
      return fc.array(valueOf(schema, type.element, depth - 1), { maxLength: depth > 0 ? 5 : 0 });
    case "struct":
      return depth > 0 ? structValue(schema, type.index, depth - 1) : fc.constant({});
  }
}

/** The schema in the schema language. */
export function printSchema(schema: RandomSchema): string {
  const structs = schema.map((body, index) => {
    let ordinal = 0;
    const printMember = ({ name, type, byDefault }: Member): string =>
      isBody(type)
        ? `${name} :group { ${printBody(type)} }`
        : `${name} @${ordinal++} :${printType(type)}${byDefault === undefined ? "" : ` = ${printValue(type, byDefault)}`};`;
    const printBody = ({ members, union }: Body): string =>
      [
        ...members.map(printMember),
        ...(union.length > 0 ? [`union { ${union.map(printMember).join("\n")} }`] : []),
      ].join("\n");
    return `struct Struct${index} { ${printBody(body)} }`;
  });
  return `@0xd2d1c2c4a1f0b9ff;\nenum Colour { red @0; green @1; blue @2; }\n${structs.join("\n")}\n`;
}

function printType(type: Type): string {
  switch (type.type) {
    case "number":
      return type.name;
    case "enum":
      return "Colour";
    case "text":
      return "Text";
    case "data":
      return "Data";
    case "list":
      return `List(${printType(type.element)})`;
    case "struct":
      return `Struct${type.index}`;
  }
}

/** A default value in the schema language. */
function printValue(type: Type, value: unknown): string {
  if (value instanceof Uint8Array) return printBytes(value);
  if (Array.isArray(value)) {
    const element = type.type === "list" ? type.element : type;
    return `[${value.map((entry) => printValue(element, entry)).join(", ")}]`;
  }
  if (value === undefined) return "void";
  if (type.type === "text") return printBytes(new TextEncoder().encode(value as string));
  if (Object.is(value, -0)) return "-0.0";
  return `${value as number | bigint | boolean | string}`
    .replace("Infinity", "inf")
    .replace("NaN", "nan")
    .replace("e+", "e");
}

function printBytes(bytes: Uint8Array): string {
  const escaped = [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`);
  return `"${escaped.join("")}"`;
}

/** The record that a written value reads back as: all omitted fields are filled in. */
export function complete(schema: RandomSchema, value: object, index = 0): unknown {
  return completeBody(schema, at(schema, index), value, index);
}

function completeBody(
  schema: RandomSchema,
  { members, union }: Body,
  value: object,
  index: number,
): object {
  const fields = value as Record<string, unknown>;
  const completeMember = ({ name, type, byDefault }: Member): object => {
    const own = fields[name];
    if (isBody(type)) return { [name]: completeBody(schema, type, own ?? {}, index) };
    if (own === undefined && type.type === "struct" && leads(schema, type.index, index)) {
      return { [name]: undefined };
    }
    return { [name]: completeValue(schema, type, own ?? byDefault) };
  };
  const chosen = union.find(({ name }) => name === (fields["which"] ?? "choice0"));
  return Object.assign(
    {},
    ...members.map(completeMember),
    chosen === undefined ? {} : { which: chosen.name, ...completeMember(chosen) },
  ) as object;
}

function completeValue(schema: RandomSchema, type: Type, value: unknown): unknown {
  switch (type.type) {
    case "number":
      return value ?? (type.name in ZEROS ? ZEROS[type.name] : 0);
    case "enum":
      return value ?? COLOURS[0];
    case "text":
      return value ?? "";
    case "data":
      return value ?? new Uint8Array(0);
    case "list":
      return ((value ?? []) as unknown[]).map((entry) =>
        completeValue(schema, type.element, entry),
      );
    case "struct":
      return complete(schema, value ?? {}, type.index);
  }
}

const ZEROS: Partial<Record<NumberName, unknown>> = {
  Void: undefined,
  Bool: false,
  Int64: 0n,
  UInt64: 0n,
};

/** Whether a struct contains another one, or itself, through its fields. */
function leads(schema: RandomSchema, from: number, to: number): boolean {
  const seen = new Set<number>();
  const visit = (index: number): boolean => {
    if (index === to) return true;
    if (seen.has(index)) return false;
    seen.add(index);
    return visitBody(at(schema, index));
  };
  const visitBody = ({ members, union }: Body): boolean =>
    [...members, ...union].some(({ type }) =>
      isBody(type) ? visitBody(type) : type.type === "struct" && visit(type.index),
    );
  return visit(from);
}

function at(schema: RandomSchema, index: number): Body {
  const body = schema[index];
  if (body === undefined) throw new RangeError(`Schema has no struct ${index}`);
  return body;
}

function isBody(type: Type | Body): type is Body {
  return "members" in type;
}
