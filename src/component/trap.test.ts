import { expect, test } from "vitest";
import { failureOf, funcOf, link } from "./link.testing.ts";
import { createTrap, findTrapped, toTrap } from "./trap.ts";

const NESTED = `(component
  (component $inner
    (core module $code (func (export "run") unreachable))
    (core instance $main (instantiate $code))
    (func (export "go-wrong") (canon lift (core func $main "run"))))
  (component $middle
    (import "go-wrong" (func $run))
    (core func $lowered (canon lower (func $run)))
    (core module $code (import "a" "b" (func $run)) (func (export "run") (call $run)))
    (core instance $main (instantiate $code (with "a" (instance (export "b" (func $lowered))))))
    (func (export "pass-on") (canon lift (core func $main "run"))))
  (instance $inner (instantiate $inner))
  (instance $middle (instantiate $middle (with "go-wrong" (func $inner "go-wrong"))))
  (export "run" (func $middle "pass-on")))`;

test("findTrapped() tells the component within another one that a trap came from", async () => {
  const failure = await failureOf(funcOf(await link(NESTED), "run"));
  expect(failure).toBeInstanceOf(WebAssembly.RuntimeError);
  expect(findTrapped(failure)).toBe("go-wrong");
});

test("findTrapped() tells nothing of what trapped in the outermost component, nor of other errors", async () => {
  const alone = `(component
    (core module $code (func (export "run") unreachable))
    (core instance $main (instantiate $code))
    (func (export "run") (canon lift (core func $main "run"))))`;
  const failure = await failureOf(funcOf(await link(alone), "run"));
  expect(findTrapped(failure)).toBeUndefined();
  expect(findTrapped(new Error("else"))).toBeUndefined();
  expect(findTrapped("no error")).toBeUndefined();
});

test("toTrap() leaves an engine's trap as it is, and keeps what else it was given as the cause", () => {
  const trap = createTrap("it broke a rule");
  expect(trap).toBeInstanceOf(WebAssembly.RuntimeError);
  expect(toTrap(trap)).toBe(trap);
  const cause = new TypeError("Not a number");
  expect(toTrap(cause)).toMatchObject({ message: "Not a number", cause });
});
