/** Components that pass values of given types through their memory, to their host and back. */
import { ROOM } from "./link.testing.ts";
import { TypeWriter, toValueType } from "./types.testing.ts";
import type { TestType } from "./types.testing.ts";
import { createValueType, FLAT_LIMIT } from "./types.ts";
import type { StringEncoding } from "./definitions.ts";

/** The parameter types of `passN`, which returns its arguments, as a tuple if there are several. */
export type Signature = readonly TestType[];

/**
 * For each signature, the component exports `echoN`, a function from `list<T>` to `list<T>` for the first type, whose
 * core code returns the address that it was given, and `passN`, whose core code calls the import `fN` of the same type.
 */
export function echoComponent(
  signatures: readonly Signature[],
  encodings: readonly StringEncoding[],
): string {
  const writer = new TypeWriter();
  const funcs = signatures.map((types, n) =>
    createTexts(writer, types, n, encodings[n % encodings.length] ?? "utf8"),
  );
  const all = (key: keyof Texts): string => funcs.map((texts) => texts[key]).join("\n");
  const types = writer.definitions;
  return `(component
    (import "test:values/host" (instance $host
      ${types.map(({ name, text }) => `(type $${name}-bare ${text}) (export "${name}" (type $${name} (eq $${name}-bare)))`).join("\n")}
      ${all("imported")}))
    ${types.map(({ name }) => `(alias export $host "${name}" (type $${name}))`).join("\n")}
    ${ROOM}
    ${all("lowered")}
    (core module $code
      (import "room" "memory" (memory 2))
      ${all("coreImport")}
      (func (export "echo") (param i32 i32) (result i32)
        (i32.store (i32.const 8) (local.get 0))
        (i32.store (i32.const 12) (local.get 1))
        (i32.const 8))
      ${all("core")})
    (core instance $main (instantiate $code
      (with "room" (instance $room))
      (with "host" (instance ${all("given")}))))
    ${all("exported")})`;
}

interface Texts {
  readonly imported: string;
  readonly lowered: string;
  readonly coreImport: string;
  readonly given: string;
  readonly core: string;
  readonly exported: string;
}

function createTexts(
  writer: TypeWriter,
  types: Signature,
  n: number,
  encoding: StringEncoding,
): Texts {
  const options = `(memory $memory) (realloc $realloc) string-encoding=${encoding}`;
  const written = types.map((type) => writer.write(type));
  const result = written.length === 1 ? (written[0] ?? "") : `(tuple ${written.join(" ")})`;
  const params = written.map((type, i) => `(param "p${i}" ${type})`).join(" ");
  const [first = ""] = written;
  const tuple = createValueType({ kind: "tuple", of: types.map(toValueType) });
  const flat = tuple.flat.length > FLAT_LIMIT ? ["i32"] : tuple.flat;
  const isInMemory = tuple.flat.length > 1;
  const coreResult = isInMemory ? "i32" : flat[0];
  const args = flat.map((_, i) => `(local.get ${i})`).join(" ");
  const place = "(i32.const 1024)";
  return {
    imported: `(export "f${n}" (func ${params} (result ${result})))`,
    lowered: `(core func $f${n} (canon lower (func $host "f${n}") ${options}))`,
    coreImport: `(import "host" "f${n}" (func $f${n} (param ${flat.join(" ")} ${isInMemory ? "i32" : ""})
      ${isInMemory ? "" : `(result ${coreResult})`}))`,
    given: `(export "f${n}" (func $f${n}))`,
    core: `(func (export "pass${n}") (param ${flat.join(" ")}) (result ${coreResult})
      ${isInMemory ? `(call $f${n} ${args} ${place}) ${place}` : `(call $f${n} ${args})`})`,
    exported: `
      (func $echo${n} (param "values" (list ${first})) (result (list ${first}))
        (canon lift (core func $main "echo") ${options} (post-return $reset)))
      (export "echo${n}" (func $echo${n}))
      (func $pass${n} ${params} (result ${result})
        (canon lift (core func $main "pass${n}") ${options}
        ${coreResult === "i32" ? "(post-return $reset)" : ""}))
      (export "pass${n}" (func $pass${n}))`,
  };
}
