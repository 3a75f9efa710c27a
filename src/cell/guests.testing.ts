/** Tiny components for tests, as text; `parse` of jco's tools makes them binary. */
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";

/** The binary of a command. @param main text that defines a core instance `$main` with `run` @param before text ahead of it */
export async function command(main: string, before = "", version = "0.2.0"): Promise<Uint8Array> {
  return parse(`(component
    ${before}
    ${main}
    (func $run (result (result)) (canon lift (core func $main "run")))
    (instance $command (export "run" (func $run)))
    (export "wasi:cli/run@${version}" (instance $command)))`);
}

/** A `$main` that needs no imports. */
function bare(body: string): string {
  return `
    (core module $code (func (export "run") (result i32) ${body}))
    (core instance $main (instantiate $code))`;
}

export const RETURNS_OK: string = bare("i32.const 0");
export const RETURNS_ERR: string = bare("i32.const 1");
export const TRAPS: string = bare("unreachable");
/** Grows its memory page by page until that fails, and then traps. */
export const HOARDS: string = `
    (core module $code
      (memory 1)
      (func (export "run") (result i32)
        (loop $more (br_if $more (i32.ne (memory.grow (i32.const 256)) (i32.const -1))))
        unreachable)
      (export "memory" (memory 0)))
    (core instance $main (instantiate $code))`;

/** Calls `wasi:cli/exit` in the given way. */
export const EXIT_IMPORT = `
  (import "wasi:cli/exit@0.2.0" (instance $exit
    (export "exit" (func (param "status" (result))))
    (export "exit-with-code" (func (param "status-code" u8)))))
  (core func $exit (canon lower (func $exit "exit")))
  (core func $exit-with-code (canon lower (func $exit "exit-with-code")))`;

export function exits(name: "exit" | "exit-with-code", argument: number): string {
  return `
    (core module $code
      (import "exit" "${name}" (func $exit (param i32)))
      (func (export "run") (result i32) (call $exit (i32.const ${argument})) i32.const 0))
    (core instance $main (instantiate $code
      (with "exit" (instance (export "${name}" (func $${name}))))))`;
}

/** Imports of `wetware:streams` and stdio, and a memory at `$memory`, with an allocator that never frees. */
export const STREAM_IMPORTS = `
  (import "wasi:io/poll@0.2.0" (instance $poll
    (export "pollable" (type $pollable (sub resource)))
    (export "[method]pollable.block" (func (param "self" (borrow $pollable))))))
  (alias export $poll "pollable" (type $pollable))
  (import "wasi:io/error@0.2.0" (instance $error (export "error" (type $error (sub resource)))))
  (alias export $error "error" (type $error))
  (import "wasi:io/streams@0.2.0" (instance $streams
    (alias outer 1 $error (type $error-outer))
    (export "error" (type $error (eq $error-outer)))
    (alias outer 1 $pollable (type $pollable-outer))
    (export "pollable" (type $pollable (eq $pollable-outer)))
    (export "input-stream" (type $input (sub resource)))
    (export "output-stream" (type $output (sub resource)))
    (type $failure' (variant (case "last-operation-failed" (own $error)) (case "closed")))
    (export "stream-error" (type $failure (eq $failure')))
    (export "[method]input-stream.read" (func (param "self" (borrow $input)) (param "len" u64)
      (result (result (list u8) (error $failure)))))
    (export "[method]input-stream.blocking-read" (func (param "self" (borrow $input)) (param "len" u64)
      (result (result (list u8) (error $failure)))))
    (export "[method]input-stream.subscribe" (func (param "self" (borrow $input)) (result (own $pollable))))
    (export "[method]output-stream.blocking-write-and-flush" (func (param "self" (borrow $output))
      (param "contents" (list u8)) (result (result (error $failure)))))))
  (alias export $streams "input-stream" (type $input))
  (alias export $streams "output-stream" (type $output))
  (import "wetware:streams/streams@0.1.0" (instance $wetware
    (alias outer 1 $input (type $input-outer))
    (export "input-stream" (type $input (eq $input-outer)))
    (alias outer 1 $output (type $output-outer))
    (export "output-stream" (type $output (eq $output-outer)))
    (export "connection" (type $connection (sub resource)))
    (export "[method]connection.get-input-stream" (func (param "self" (borrow $connection)) (result (own $input))))
    (export "[method]connection.get-output-stream" (func (param "self" (borrow $connection)) (result (own $output))))
    (export "create-connection" (func (result (own $connection))))))
  (alias export $wetware "connection" (type $connection))
  (core module $room
    (memory (export "memory") 2)
    (global $next (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      ;; All there is to allocate is the bytes of one read at a time.
      (i32.const 1024)))
  (core instance $memory (instantiate $room))
  (core func $create (canon lower (func $wetware "create-connection")))
  (core func $get-input (canon lower (func $wetware "[method]connection.get-input-stream")))
  (core func $get-output (canon lower (func $wetware "[method]connection.get-output-stream")))
  (core func $drop-connection (canon resource.drop $connection))
  (core func $drop-output (canon resource.drop $output))
  (core func $subscribe (canon lower (func $streams "[method]input-stream.subscribe")))
  (core func $block (canon lower (func $poll "[method]pollable.block")))
  (core func $read (canon lower (func $streams "[method]input-stream.read")
    (memory (core memory $memory "memory")) (realloc (core func $memory "realloc"))))
  (core func $blocking-read (canon lower (func $streams "[method]input-stream.blocking-read")
    (memory (core memory $memory "memory")) (realloc (core func $memory "realloc"))))
  (core func $write (canon lower (func $streams "[method]output-stream.blocking-write-and-flush")
    (memory (core memory $memory "memory"))))`;

/** A module that uses the connection; `body` is the code of `run`. */
function echoes(body: string): string {
  return `
    (core module $code
      (import "memory" "memory" (memory 2))
      (import "host" "create" (func $create (result i32)))
      (import "host" "get-input" (func $get-input (param i32) (result i32)))
      (import "host" "get-output" (func $get-output (param i32) (result i32)))
      (import "host" "drop-connection" (func $drop-connection (param i32)))
      (import "host" "drop-output" (func $drop-output (param i32)))
      (import "host" "subscribe" (func $subscribe (param i32) (result i32)))
      (import "host" "block" (func $block (param i32)))
      (import "host" "read" (func $read (param i32 i64 i32)))
      (import "host" "blocking-read" (func $blocking-read (param i32 i64 i32)))
      (import "host" "write" (func $write (param i32 i32 i32 i32)))
      (func (export "run") (result i32)
        (local $connection i32) (local $input i32) (local $output i32) (local $pollable i32)
        ${body}))
    (core instance $main (instantiate $code
      (with "memory" (instance $memory))
      (with "host" (instance
        (export "create" (func $create))
        (export "get-input" (func $get-input))
        (export "get-output" (func $get-output))
        (export "drop-connection" (func $drop-connection))
        (export "drop-output" (func $drop-output))
        (export "subscribe" (func $subscribe))
        (export "block" (func $block))
        (export "read" (func $read))
        (export "blocking-read" (func $blocking-read))
        (export "write" (func $write))))))`;
}

const OPEN = `
  (local.set $connection (call $create))
  (local.set $input (call $get-input (local.get $connection)))
  (local.set $output (call $get-output (local.get $connection)))
  (call $drop-connection (local.get $connection))
  (local.set $pollable (call $subscribe (local.get $input)))`;

/** Echoes the connection until a read fails: blocks on one pollable, reads and writes. */
export const ECHO: string = echoes(`${OPEN}
  (block $end
    (loop $again
      (call $block (local.get $pollable))
      (call $read (local.get $input) (i64.const 4096) (i32.const 0))
      (br_if $end (i32.load8_u (i32.const 0)))
      (if (i32.load (i32.const 8)) (then
        (call $write (local.get $output) (i32.load (i32.const 4)) (i32.load (i32.const 8)) (i32.const 16))
        (br_if $end (i32.load8_u (i32.const 16)))))
      (br $again)))
  i32.const 0`);

/** Gets the input stream twice. */
export const TAKES_TWICE: string = echoes(`
  (local.set $connection (call $create))
  (drop (call $get-input (local.get $connection)))
  (drop (call $get-input (local.get $connection)))
  i32.const 0`);

/** Writes 4097 bytes in one blocking write, one more than the specification allows. */
export const WRITES_TOO_MUCH: string = echoes(`${OPEN}
  (call $write (local.get $output) (i32.const 1024) (i32.const 4097) (i32.const 0))
  i32.const 0`);

/** Writes to the connection forever, without waiting for anything else. */
export const FLOODS: string = echoes(`${OPEN}
  (loop $again
    (call $write (local.get $output) (i32.const 1024) (i32.const 4096) (i32.const 0))
    (br_if $again (i32.eqz (i32.load8_u (i32.const 0)))))
  i32.const 0`);

/** Writes 60 KiB, which fit into the pipe unread, and ends. */
export const WRITES_AND_ENDS: string = echoes(`${OPEN}
  (loop $again
    (call $write (local.get $output) (i32.const 1024) (i32.const 4096) (i32.const 0))
    (local.set $pollable (i32.add (local.get $pollable) (i32.const 0x10000)))
    (br_if $again (i32.lt_u (local.get $pollable) (i32.const 0xf0000))))
  i32.const 0`);

/** Writes one byte and then spins without calling the host. */
export const LOOPS: string = echoes(`${OPEN}
  (call $write (local.get $output) (i32.const 1024) (i32.const 1) (i32.const 0))
  (loop $again (br $again))
  i32.const 0`);

/** Sleeps by `wasi:clocks` and `wasi:io/poll`. */
export async function sleeps(ms: number): Promise<Uint8Array> {
  return command(
    `(core module $code
       (import "host" "subscribe" (func $subscribe (param i64) (result i32)))
       (import "host" "block" (func $block (param i32)))
       (func (export "run") (result i32)
         (call $block (call $subscribe (i64.const ${ms * 1_000_000})))
         i32.const 0))
     (core instance $main (instantiate $code (with "host" (instance
       (export "subscribe" (func $subscribe))
       (export "block" (func $block))))))`,
    `(import "wasi:io/poll@0.2.0" (instance $poll
       (export "pollable" (type $pollable (sub resource)))
       (export "[method]pollable.block" (func (param "self" (borrow $pollable))))))
     (alias export $poll "pollable" (type $pollable))
     (import "wasi:clocks/monotonic-clock@0.2.0" (instance $clock
       (alias outer 1 $pollable (type $pollable-outer))
       (export "pollable" (type $pollable (eq $pollable-outer)))
       (export "subscribe-duration" (func (param "when" u64) (result (own $pollable))))))
     (core func $subscribe (canon lower (func $clock "subscribe-duration")))
     (core func $block (canon lower (func $poll "[method]pollable.block")))`,
  );
}

/** Subscribes to the clock forever, and drops nothing. */
export async function hoardsPollables(): Promise<Uint8Array> {
  return command(
    `(core module $code
       (import "host" "subscribe" (func $subscribe (param i64) (result i32)))
       (func (export "run") (result i32)
         (loop $more (drop (call $subscribe (i64.const 1))) (br $more))
         unreachable))
     (core instance $main (instantiate $code (with "host" (instance
       (export "subscribe" (func $subscribe))))))`,
    `(import "wasi:io/poll@0.2.0" (instance $poll (export "pollable" (type $pollable (sub resource)))))
     (alias export $poll "pollable" (type $pollable))
     (import "wasi:clocks/monotonic-clock@0.2.0" (instance $clock
       (alias outer 1 $pollable (type $pollable-outer))
       (export "pollable" (type $pollable (eq $pollable-outer)))
       (export "subscribe-duration" (func (param "when" u64) (result (own $pollable))))))
     (core func $subscribe (canon lower (func $clock "subscribe-duration")))`,
  );
}

/** Appends to the headers of a request forever. */
export async function hoardsHeaders(): Promise<Uint8Array> {
  return command(
    `(core module $code
       (import "memory" "memory" (memory 1))
       (import "host" "new" (func $new (result i32)))
       (import "host" "append" (func $append (param i32 i32 i32 i32 i32 i32)))
       (func (export "run") (result i32) (local $fields i32)
         (local.set $fields (call $new))
         (loop $more
           (call $append (local.get $fields)
             (i32.const 0) (i32.const 4) (i32.const 0) (i32.const 1) (i32.const 8))
           (br $more))
         unreachable)
       (data (i32.const 0) "name"))
     (core instance $main (instantiate $code
       (with "memory" (instance $memory))
       (with "host" (instance (export "new" (func $new)) (export "append" (func $append))))))`,
    `(import "wasi:http/types@0.2.0" (instance $http
       (export "fields" (type $fields (sub resource)))
       (type $failure' (variant (case "invalid-syntax") (case "forbidden") (case "immutable")))
       (export "header-error" (type $failure (eq $failure')))
       (export "[constructor]fields" (func (result (own $fields))))
       (export "[method]fields.append" (func (param "self" (borrow $fields))
         (param "name" string) (param "value" (list u8)) (result (result (error $failure)))))))
     (core module $room (memory (export "memory") 1))
     (core instance $memory (instantiate $room))
     (core func $new (canon lower (func $http "[constructor]fields")))
     (core func $append (canon lower (func $http "[method]fields.append")
       (memory (core memory $memory "memory"))))`,
  );
}

/** Returns ok when `create-tcp-socket` is refused with the second of the error codes, `access-denied`. */
export async function triesSockets(): Promise<Uint8Array> {
  const codes = `(enum "unknown" "access-denied" "not-supported" "invalid-argument" "out-of-memory"
    "timeout" "concurrency-conflict" "not-in-progress" "would-block" "invalid-state"
    "new-socket-limit" "address-not-bindable" "address-in-use" "remote-unreachable"
    "connection-refused" "connection-reset" "connection-aborted" "datagram-too-large"
    "name-unresolvable" "temporary-resolver-failure" "permanent-resolver-failure")`;
  return command(
    `(core module $code
       (import "memory" "memory" (memory 1))
       (import "host" "create" (func $create (param i32 i32)))
       (func (export "run") (result i32)
         (call $create (i32.const 0) (i32.const 16))
         (i32.ne (i32.const 0x101)
           (i32.or (i32.load8_u (i32.const 16)) (i32.shl (i32.load8_u (i32.const 20)) (i32.const 8))))))
     (core instance $main (instantiate $code
       (with "memory" (instance $memory))
       (with "host" (instance (export "create" (func $create))))))`,
    `(import "wasi:sockets/network@0.2.0" (instance $network
       (type $code' ${codes})
       (export "error-code" (type $code (eq $code')))
       (type $family' (enum "ipv4" "ipv6"))
       (export "ip-address-family" (type $family (eq $family')))))
     (alias export $network "error-code" (type $code))
     (alias export $network "ip-address-family" (type $family))
     (import "wasi:sockets/tcp@0.2.0" (instance $tcp
       (export "tcp-socket" (type $socket (sub resource)))))
     (alias export $tcp "tcp-socket" (type $socket))
     (import "wasi:sockets/tcp-create-socket@0.2.0" (instance $factory
       (alias outer 1 $code (type $code-outer))
       (export "error-code" (type $code (eq $code-outer)))
       (alias outer 1 $family (type $family-outer))
       (export "ip-address-family" (type $family (eq $family-outer)))
       (alias outer 1 $socket (type $socket-outer))
       (export "tcp-socket" (type $socket (eq $socket-outer)))
       (export "create-tcp-socket" (func (param "address-family" $family)
         (result (result (own $socket) (error $code)))))))
     (core module $room (memory (export "memory") 1))
     (core instance $memory (instantiate $room))
     (core func $create (canon lower (func $factory "create-tcp-socket")
       (memory (core memory $memory "memory"))))`,
  );
}
