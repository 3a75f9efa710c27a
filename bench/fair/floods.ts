/** Programs that leave nobody alone: each does one thing without a pause. */
import { command, STREAM_IMPORTS } from "../../src/cell/guests.testing.ts";
import { recordFrames } from "./frames.ts";
import type { Frame } from "./frames.ts";

/** The name of the one that disturbs by using a processor alone. */
export const SPIN = "spin";

/** Their components by name. */
export async function makeFloods(): Promise<ReadonlyMap<string, Uint8Array>> {
  const { bootstrap, call, finish } = await recordFrames();
  return new Map([
    [SPIN, await command(spins())],
    ["calls", await command(sends(bootstrap, [call]), STREAM_IMPORTS)],
    ["calls that end", await command(sends(bootstrap, [call, finish]), STREAM_IMPORTS)],
    ["bootstraps", await command(sends(bootstrap, [bootstrap]), STREAM_IMPORTS)],
    ["finishes", await command(sends(bootstrap, [finish]), STREAM_IMPORTS)],
    ["output", await command(prints(), STREAM_IMPORTS + STDOUT_IMPORT)],
  ]);
}

function spins(): string {
  return `
    (core module $code (func (export "run") (result i32) (loop $on (br $on)) i32.const 0))
    (core instance $main (instantiate $code))`;
}

const STDOUT_IMPORT = `
  (import "wasi:cli/stdout@0.2.0" (instance $stdout
    (alias outer 1 $output (type $output-outer))
    (export "output-stream" (type $output (eq $output-outer)))
    (export "get-stdout" (func (result (own $output))))))
  (core func $get-stdout (canon lower (func $stdout "get-stdout")))`;

function prints(): string {
  return `
    (core module $code
      (import "memory" "memory" (memory 2))
      (import "host" "get-stdout" (func $get-stdout (result i32)))
      (import "host" "write" (func $write (param i32 i32 i32 i32)))
      (func (export "run") (result i32)
        (local $out i32)
        (local.set $out (call $get-stdout))
        (loop $on (call $write (local.get $out) (i32.const 0) (i32.const 4096) (i32.const 65600)) (br $on))
        i32.const 0))
    (core instance $main (instantiate $code
      (with "memory" (instance $memory))
      (with "host" (instance
        (export "get-stdout" (func $get-stdout))
        (export "write" (func $write))))))`;
}

const BUFFER_BYTES = 4096;
const [FIRST_AT, BUFFER_AT] = [2048, 8192];

/** Sends the first frame, then the others again and again, each time as another question; reads nothing. */
function sends(first: Frame, frames: readonly Frame[]): string {
  const group = Buffer.concat(frames.map(({ bytes }) => bytes));
  const groups = Math.floor(BUFFER_BYTES / group.length);
  const all = Buffer.concat(Array.from({ length: groups }, () => group));
  const numbers: number[] = [];
  for (let at = 0, i = 0; i < frames.length; at += frames[i]?.bytes.length ?? 0, i++) {
    numbers.push(at + (frames[i]?.questionAt ?? 0));
  }
  const store = numbers.map(
    (at) =>
      `(i32.store (i32.add (i32.const ${BUFFER_AT + at}) (i32.mul (local.get $i) (i32.const ${group.length}))) (local.get $question))`,
  );
  return `
    (core module $code
      (import "memory" "memory" (memory 2))
      (import "host" "create" (func $create (result i32)))
      (import "host" "get-output" (func $get-output (param i32) (result i32)))
      (import "host" "write" (func $write (param i32 i32 i32 i32)))
      (data (i32.const ${FIRST_AT}) ${quote(first.bytes)})
      (data (i32.const ${BUFFER_AT}) ${quote(all)})
      (func (export "run") (result i32)
        (local $out i32) (local $i i32) (local $question i32)
        (local.set $out (call $get-output (call $create)))
        (call $write (local.get $out) (i32.const ${FIRST_AT}) (i32.const ${first.bytes.length}) (i32.const 0))
        (local.set $question (i32.const 1))
        (loop $on
          (local.set $i (i32.const 0))
          (loop $number
            ${store.join("\n")}
            (local.set $question (i32.add (local.get $question) (i32.const 1)))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if $number (i32.lt_u (local.get $i) (i32.const ${groups}))))
          (call $write (local.get $out) (i32.const ${BUFFER_AT}) (i32.const ${all.length}) (i32.const 0))
          (br_if $on (i32.eqz (i32.load8_u (i32.const 0)))))
        ;; Nobody takes more: it stays as it is.
        (loop $rest (br $rest))
        i32.const 0))
    (core instance $main (instantiate $code
      (with "memory" (instance $memory))
      (with "host" (instance
        (export "create" (func $create))
        (export "get-output" (func $get-output))
        (export "write" (func $write))))))`;
}

function quote(bytes: Uint8Array): string {
  return `"${[...bytes].map((byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("")}"`;
}
