import { expect, test } from "vitest";
import { binary, ID, items } from "./binary.testing.ts";
import { parseComponent } from "./parse-component.ts";

test.for([
  ["canon", 0x05, "task"],
  ["canon", 0x09, "task"],
  ["canon", 0x0e, "stream"],
  ["canon", 0x14, "stream"],
  ["canon", 0x15, "future"],
  ["canon", 0x1e, "error-context"],
  ["canon", 0x1f, "waitable"],
  ["canon", 0x25, "backpressure"],
  ["canon", 0x2d, "thread"],
  ["canon", 0x42, "thread"],
  ["type", 0x43, "async func"],
  ["type", 0x63, "map"],
  ["type", 0x65, "future"],
  ["type", 0x66, "stream"],
] as const)("parseComponent() refuses the %s %i by the name of %s", ([section, opcode, name]) => {
  const bytes = binary([items(ID[section], [opcode, 0])].flat());
  expect(() => parseComponent(bytes)).toThrow(
    `Component cannot run here: it uses "${name}", which belongs to WASI 0.3; build it for WASI 0.2`,
  );
});

test.for([
  ["canon", 0x43],
  ["canon", 0xff],
  ["type", 0x3e],
  ["type", 0x44],
  ["type", 0x62],
] as const)("parseComponent() takes the %s %i for damage", ([section, opcode]) => {
  const bytes = binary([items(ID[section], [opcode, 0])].flat());
  expect(() => parseComponent(bytes)).toThrow("damaged or cut off");
});
