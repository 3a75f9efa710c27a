/** Small components that together contain every kind of definition. */

/** A command, such as cells run. */
const COMMAND = `(component
  (import "wasi:cli/exit@0.2.0" (instance $exit
    (export "exit" (func (param "status" (result))))
    (export "exit-with-code" (func (param "status-code" u8)))))
  (core func $exit (canon lower (func $exit "exit")))
  (core module $code
    (import "exit" "exit" (func $exit (param i32)))
    (func (export "run") (result i32) (call $exit (i32.const 0)) (i32.const 0)))
  (core instance $main (instantiate $code (with "exit" (instance (export "exit" (func $exit))))))
  (func $run (result (result)) (canon lift (core func $main "run")))
  (instance $command (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $command)))`;

/** Streams, with resources that one interface uses from another, and an allocator. */
const STREAMS = `(component
  (import "wasi:io/error@0.2.0" (instance $error (export "error" (type $error (sub resource)))))
  (alias export $error "error" (type $error))
  (import "wasi:io/streams@0.2.0" (instance $streams
    (alias outer 1 $error (type $error-outer))
    (export "error" (type $error (eq $error-outer)))
    (export "input-stream" (type $input (sub resource)))
    (type $failure' (variant (case "last-operation-failed" (own $error)) (case "closed")))
    (export "stream-error" (type $failure (eq $failure')))
    (export "[method]input-stream.read" (func (param "self" (borrow $input)) (param "len" u64)
      (result (result (list u8) (error $failure)))))
    (export "[static]input-stream.open" (func (param "path" string) (result (own $input))))
    (export "[constructor]input-stream" (func (result (own $input))))))
  (alias export $streams "input-stream" (type $input))
  (core module $room
    (memory (export "memory") 1)
    (table (export "table") 1 funcref)
    (global (export "global") i32 (i32.const 0))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
  (core instance $room (instantiate $room))
  (alias core export $room "table" (core table $table))
  (alias core export $room "global" (core global $global))
  (core func $read (canon lower (func $streams "[method]input-stream.read")
    (memory (core memory $room "memory")) (realloc (core func $room "realloc")) string-encoding=utf16))
  (core func $drop (canon resource.drop $input))
  (core module $code
    (import "host" "read" (func $read (param i32 i64 i32)))
    (import "host" "drop" (func $drop (param i32)))
    (import "host" "table" (table 1 funcref))
    (func (export "f") (param i32 i32) (result i32) (i32.const 8))
    (func (export "post") (param i32)))
  (core instance $main (instantiate $code (with "host" (instance
    (export "read" (func $read)) (export "drop" (func $drop)) (export "table" (table $table))))))
  (type $record (record (field "a" u8) (field "b-c" (option string)) (field "d" (tuple f32 f64 char))))
  (export $public "record" (type $record))
  (type $flags (flags "x" "y"))
  (type $enum (enum "p" "q" "r"))
  (type $array (list u16 3))
  (func $f (param "records" (list $record)) (result (result (tuple $flags $enum $array) (error string)))
    (canon lift (core func $main "f") (memory (core memory $room "memory"))
      (realloc (core func $room "realloc")) (post-return (core func $main "post")) string-encoding=latin1+utf16))
  (export "f" (func $f) (func (param "records" (list $record))
    (result (result (tuple $flags $enum $array) (error string))))))`;

/** Nested components, instantiated with the exports of others, and a resource of their own. */
const COMPOSED = `(component
  (import "log" (func $log (param "n" u32)))
  (component $maker
    (import "log" (func $log (param "n" u32)))
    (core func $log (canon lower (func $log)))
    (core module $end (import "" "log" (func $log (param i32)))
      (func (export "end") (param i32) (call $log (local.get 0))))
    (core instance $end (instantiate $end (with "" (instance (export "log" (func $log))))))
    (type $thing' (resource (rep i32) (dtor (core func $end "end"))))
    (export $thing "thing" (type $thing'))
    (core func $new (canon resource.new $thing'))
    (core func $rep (canon resource.rep $thing'))
    (core func $drop (canon resource.drop $thing'))
    (core module $code
      (import "thing" "new" (func $new (param i32) (result i32)))
      (import "thing" "rep" (func $rep (param i32) (result i32)))
      (import "thing" "drop" (func $drop (param i32)))
      (func $begin (call $drop (call $new (i32.const 1))))
      (start $begin)
      (func (export "make") (result i32) (call $new (i32.const 7)))
      (func (export "read") (param i32) (result i32) (local.get 0)))
    (core instance $main (instantiate $code (with "thing" (instance
      (export "new" (func $new)) (export "rep" (func $rep)) (export "drop" (func $drop))))))
    (func (export "make") (result (own $thing)) (canon lift (core func $main "make")))
    (func (export "read") (param "it" (borrow $thing)) (result u32) (canon lift (core func $main "read"))))
  (type $maker-type (instance
    (export "thing" (type $thing (sub resource)))
    (export "make" (func (result (own $thing))))
    (export "read" (func (param "it" (borrow $thing)) (result u32)))))
  (type $unused (component
    (import "a" (func (param "x" u8)))
    (import "m" (core module (export "f" (func (param i32)))))
    (export "b" (instance (export "c" (type (sub resource)))))))
  (core type $signature (func (param i32) (result i64)))
  (component $user
    (alias outer 1 $maker-type (type $maker-type))
    (import "maker" (instance $maker (type $maker-type)))
    (core func $make (canon lower (func $maker "make")))
    (core func $read (canon lower (func $maker "read")))
    (core module $code
      (import "maker" "make" (func $make (result i32)))
      (import "maker" "read" (func $read (param i32) (result i32)))
      (func (export "run") (result i32) (call $read (call $make))))
    (core instance $main (instantiate $code (with "maker" (instance
      (export "make" (func $make)) (export "read" (func $read))))))
    (func (export "run") (result u32) (canon lift (core func $main "run"))))
  (instance $maker (instantiate $maker (with "log" (func $log))))
  (instance $user (instantiate $user (with "maker" (instance $maker))))
  (instance $both (export "run" (func $user "run")) (export "maker" (instance $maker)))
  (alias export $both "run" (func $run))
  (export "run" (func $run))
  (export "example:both/both@1.2.3" (instance $both)))`;

export const SAMPLES: readonly string[] = [COMMAND, STREAMS, COMPOSED];
