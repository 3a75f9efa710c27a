/** Links components in the text format, for tests. */
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import type { HostImports } from "./host-imports.ts";
import { instantiateComponent } from "./instantiate.ts";
import type { ComponentExports } from "./instantiate.ts";
import { listModules, parseComponent } from "./parse-component.ts";
import { surveyComponent } from "./survey.ts";

export interface LinkOptions {
  /** Functions that may return a promise, as `interface#function`. */
  readonly suspending?: readonly string[];
}

/** Checks and instantiates the component. */
export async function link(
  text: string,
  imports: HostImports = {},
  options: LinkOptions = {},
): Promise<ComponentExports> {
  return linkBinary(await parse(text), imports, options);
}

export function linkBinary(
  bytes: Uint8Array,
  imports: HostImports,
  { suspending = [] }: LinkOptions = {},
): ComponentExports {
  const component = parseComponent(bytes);
  surveyComponent(component);
  const modules = listModules(component);
  return instantiateComponent(component, {
    imports,
    suspending: new Set(suspending),
    instantiateCore: ({ index }, given) =>
      new WebAssembly.Instance(
        new WebAssembly.Module(modules[index]?.bytes as Uint8Array<ArrayBuffer>),
        given,
      ),
  });
}

/** A function that the component itself exports. */
export function funcOf(exports: ComponentExports, name: string): (...args: unknown[]) => unknown {
  const func = exports.func(undefined, name);
  if (func === undefined) throw new Error(`There is no function "${name}"`);
  return func;
}

/** The error that the call throws, at once or later; fails when it throws none. */
export async function failureOf(call: () => unknown): Promise<Error> {
  try {
    await call();
  } catch (error) {
    if (error instanceof Error) return error;
    throw new TypeError("What was thrown is no error", { cause: error });
  }
  throw new TypeError("Nothing was thrown");
}

/**
 * A core module at `$room` with a memory and an allocator that frees only by `reset`. Memory below 64 KiB is unused.
 */
export const ROOM = `
  (core module $room-code
    (memory (export "memory") 2)
    (global $next (mut i32) (i32.const 65536))
    (func (export "reset") (param i32) (global.set $next (i32.const 65536)))
    (func (export "realloc") (param $old i32) (param i32) (param $align i32) (param $bytes i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and
        (i32.add (global.get $next) (i32.sub (local.get $align) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get $align))))
      (global.set $next (i32.add (local.get $at) (local.get $bytes)))
      (if (i32.gt_u (global.get $next) (i32.mul (memory.size) (i32.const 65536)))
        (then (drop (memory.grow (i32.add (i32.const 1)
          (i32.div_u (local.get $bytes) (i32.const 65536)))))))
      (local.get $at)))
  (core instance $room (instantiate $room-code))
  (alias core export $room "memory" (core memory $memory))
  (alias core export $room "realloc" (core func $realloc))
  (alias core export $room "reset" (core func $reset))`;
