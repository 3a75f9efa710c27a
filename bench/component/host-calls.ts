/** A component whose exports call one function of the host each, as often as they are told. */

const IMPORTS = `
  (import "wasi:io/poll@0.2.0" (instance $poll (export "pollable" (type $pollable (sub resource)))))
  (alias export $poll "pollable" (type $pollable))
  (import "wasi:io/error@0.2.0" (instance $error (export "error" (type $error (sub resource)))))
  (alias export $error "error" (type $error))
  (import "wasi:io/streams@0.2.0" (instance $streams
    (alias outer 1 $error (type $error-outer))
    (export "error" (type $error (eq $error-outer)))
    (alias outer 1 $pollable (type $pollable-outer))
    (export "pollable" (type $pollable (eq $pollable-outer)))
    (export "output-stream" (type $output (sub resource)))
    (type $failure' (variant (case "last-operation-failed" (own $error)) (case "closed")))
    (export "stream-error" (type $failure (eq $failure')))
    (export "[method]output-stream.check-write" (func (param "self" (borrow $output))
      (result (result u64 (error $failure)))))
    (export "[method]output-stream.subscribe" (func (param "self" (borrow $output)) (result (own $pollable))))
    (export "[method]output-stream.write" (func (param "self" (borrow $output)) (param "contents" (list u8))
      (result (result (error $failure)))))))
  (alias export $streams "output-stream" (type $output))
  (import "wasi:cli/stdout@0.2.0" (instance $stdout
    (alias outer 1 $output (type $output-outer))
    (export "output-stream" (type $o (eq $output-outer)))
    (export "get-stdout" (func (result (own $o))))))
  (import "wasi:clocks/monotonic-clock@0.2.0" (instance $clock (export "now" (func (result u64)))))
  (import "wasi:random/random@0.2.0" (instance $random
    (export "get-random-bytes" (func (param "len" u64) (result (list u8))))))
  (core module $room (memory (export "memory") 2)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
  (core instance $memory (instantiate $room))
  (alias core export $memory "memory" (core memory $bytes))
  (core func $get-stdout (canon lower (func $stdout "get-stdout")))
  (core func $now (canon lower (func $clock "now")))
  (core func $random (canon lower (func $random "get-random-bytes")
    (memory $bytes) (realloc (core func $memory "realloc"))))
  (core func $check (canon lower (func $streams "[method]output-stream.check-write") (memory $bytes)))
  (core func $subscribe (canon lower (func $streams "[method]output-stream.subscribe")))
  (core func $drop (canon resource.drop $pollable))
  (core func $drop-output (canon resource.drop $output))
  (core func $write (canon lower (func $streams "[method]output-stream.write") (memory $bytes)))`;

/** What each export does in its loop; `$o` is an output stream. */
export const HOST_CALLS = {
  clock: "(drop (call $now))",
  random: "(call $random (i64.const 16) (i32.const 64))",
  check: "(call $check (local.get $o) (i32.const 64))",
  subscribe: "(call $drop (call $subscribe (local.get $o)))",
  write: "(call $write (local.get $o) (i32.const 256) (i32.const 16) (i32.const 64))",
} as const;

export type HostCall = keyof typeof HOST_CALLS;

/** The component as text. */
export function writeHostCalls(): string {
  const names = Object.keys(HOST_CALLS) as HostCall[];
  const loops = names.map(
    (name) => `
    (func (export "${name}") (param $count i32) (local $o i32)
      (local.set $o (call $get-stdout))
      (loop $again
        ${HOST_CALLS[name]}
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br_if $again (local.get $count)))
      (call $drop-output (local.get $o)))`,
  );
  const lifted = names.map(
    (name) =>
      `(func (export "${name}") (param "count" u32) (canon lift (core func $main "${name}")))`,
  );
  return `(component ${IMPORTS}
    (core module $code
      (import "h" "get-stdout" (func $get-stdout (result i32)))
      (import "h" "now" (func $now (result i64)))
      (import "h" "random" (func $random (param i64 i32)))
      (import "h" "check" (func $check (param i32 i32)))
      (import "h" "subscribe" (func $subscribe (param i32) (result i32)))
      (import "h" "drop" (func $drop (param i32)))
      (import "h" "drop-output" (func $drop-output (param i32)))
      (import "h" "write" (func $write (param i32 i32 i32 i32)))
      ${loops.join("")})
    (core instance $main (instantiate $code (with "h" (instance
      (export "get-stdout" (func $get-stdout)) (export "now" (func $now)) (export "random" (func $random))
      (export "check" (func $check)) (export "subscribe" (func $subscribe)) (export "drop" (func $drop))
      (export "drop-output" (func $drop-output))
      (export "write" (func $write))))))
    ${lifted.join("\n")})`;
}
