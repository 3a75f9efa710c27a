import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { expect, test } from "vitest";
import { rehearse } from "./instantiate.ts";
import { parseComponent } from "./parse-component.ts";

test("rehearse() calls no function of the host, and needs none to be there", async () => {
  const text = `(component
    (import "a:b/c" (instance $i
      (export "there" (func (param "text" string) (result u32)))
      (export "absent" (func (result (list u8))))))
    (export "a:b/c" (instance $i)))`;
  let calls = 0;
  const imports = { "a:b/c": { there: () => ++calls } };
  rehearse(parseComponent(await parse(text)), { imports });
  rehearse(parseComponent(await parse(text)), { imports: {} });
  expect(calls).toBe(0);
});
