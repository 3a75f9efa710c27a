;; The engine's driver: starts QuickJS, evaluates the program, and turns the wheel until the program is done.
;;
;; It is merged with quickjs.wasm (here "qjs") and preview1.wat into one core module. engine.ts puts the imports of
;; host-imports.ts and one dispatch arm for each of them at the two marks.
;;
;; What the program sees: `host`, an array of native functions (the imports in order, then the natives below), and
;; what it must leave on the global object: `turn` and `rejected`. One turn: run every pending promise job, then call
;; `turn()`, which blocks in wasi:io/poll until something is ready and settles promises; it gives undefined to go on, or a
;; number to end. So promises are the engine's own, and the only place a guest ever waits is that poll.
;;
;; Host functions write lists and strings into the arena, one ArrayBuffer that the program hands over; every call starts
;; at the arena's beginning again, so a result must be copied before the next call. What does not fit goes to malloc.
(module
  (import "qjs" "memory" (memory 1))
  (import "qjs" "__indirect_function_table" (table 1 funcref))
  (import "qjs" "__stack_pointer" (global $sp (mut i32)))
  (import "qjs" "_initialize" (func $initialize))
  (import "qjs" "wasm_malloc" (func $malloc (param i32) (result i32)))
  (import "qjs" "wasm_free" (func $free (param i32)))
  (import "qjs" "strlen" (func $strlen (param i32) (result i32)))
  (import "qjs" "qjs_init" (func $qjs_init (result i32)))
  (import "qjs" "qjs_set_max_stack_size" (func $qjs_set_max_stack_size (param i32)))
  (import "qjs" "qjs_set_promise_rejection_handler" (func $qjs_set_promise_rejection_handler (param i32)))
  (import "qjs" "qjs_get_context_ptr" (func $qjs_get_context_ptr (result i32)))
  (import "qjs" "qjs_eval_bytecode" (func $qjs_eval_bytecode (param i32 i32) (result i32)))
  (import "qjs" "qjs_get_global" (func $qjs_get_global (result i32)))
  (import "qjs" "qjs_get_prop_string" (func $qjs_get_prop_string (param i32 i32) (result i32)))
  (import "qjs" "qjs_get_undefined" (func $qjs_get_undefined (result i32)))
  (import "qjs" "qjs_get_true" (func $qjs_get_true (result i32)))
  (import "qjs" "qjs_get_false" (func $qjs_get_false (result i32)))
  (import "qjs" "qjs_free_value" (func $qjs_free_value (param i32)))
  (import "qjs" "qjs_call" (func $qjs_call (param i32 i32 i32 i32) (result i32)))
  (import "qjs" "qjs_is_exception" (func $qjs_is_exception (param i32) (result i32)))
  (import "qjs" "qjs_is_undefined" (func $qjs_is_undefined (param i32) (result i32)))
  (import "qjs" "qjs_get_exception" (func $qjs_get_exception (result i32)))
  (import "qjs" "qjs_get_string" (func $qjs_get_string (param i32) (result i32)))
  (import "qjs" "qjs_get_string_len" (func $qjs_get_string_len (param i32 i32) (result i32)))
  (import "qjs" "qjs_free_cstring" (func $qjs_free_cstring (param i32)))
  (import "qjs" "qjs_get_float64" (func $qjs_get_float64 (param i32) (result f64)))
  (import "qjs" "qjs_get_array_buffer" (func $qjs_get_array_buffer (param i32 i32) (result i32)))
  (import "qjs" "qjs_is_job_pending" (func $qjs_is_job_pending (result i32)))
  (import "qjs" "qjs_execute_pending_job" (func $qjs_execute_pending_job (result i32)))
  (import "qjs" "JS_NewArray" (func $JS_NewArray (param i32) (result i64)))
  (import "qjs" "JS_NewCFunction2" (func $JS_NewCFunction2 (param i32 i32 i32 i32 i32 i32) (result i64)))
  (import "qjs" "JS_SetPropertyUint32" (func $JS_SetPropertyUint32 (param i32 i64 i32 i64) (result i32)))
  (import "qjs" "JS_SetPropertyStr" (func $JS_SetPropertyStr (param i32 i64 i32 i64) (result i32)))
  (import "qjs" "JS_NewNumber" (func $JS_NewNumber (param i32 f64) (result i64)))
  (import "qjs" "JS_NewStringLen" (func $JS_NewStringLen (param i32 i32 i32) (result i64)))
  (import "qjs" "JS_NewArrayBufferCopy" (func $JS_NewArrayBufferCopy (param i32 i32 i32) (result i64)))
  (import "wasi:cli/stderr@0.2.12" "get-stderr" (func $get_stderr (result i32)))
  (import "wasi:io/streams@0.2.12" "[method]output-stream.blocking-write-and-flush"
    (func $blocking_write_and_flush (param i32 i32 i32 i32)))
  ;;@imports

  ;; JS_CFUNC_generic_magic of quickjs.h: context, this, argc, argv, magic.
  (type $native (func (param i32 i64 i32 i32 i32) (result i64)))
  (elem declare func $call_native)

  (data $names "host\00turn\00rejected\00")
  ;; componentize() replaces this: four bytes of length, least significant first, then the program's bytecode.
  (data $program "PROGRAM-GOES-HERE")

  (global $arena (mut i32) (i32.const 0))
  (global $arena_end (mut i32) (i32.const 0))
  (global $arena_next (mut i32) (i32.const 0))
  (global $rejected (mut i32) (i32.const 0))

  ;; Where the host puts what it returns.
  (func (export "cabi_realloc") (param $old i32) (param $old_size i32) (param $align i32) (param $size i32) (result i32)
    (local $at i32)
    (if (i32.eqz (local.get $size)) (then (return (local.get $align))))
    (local.set $at (i32.and
      (i32.add (global.get $arena_next) (i32.sub (local.get $align) (i32.const 1)))
      (i32.sub (i32.const 0) (local.get $align))))
    (if (i32.le_u (local.get $size) (i32.sub (global.get $arena_end) (local.get $at)))
      (then
        (if (i32.gt_u (local.get $at) (global.get $arena_end)) (then (unreachable)))
        (global.set $arena_next (i32.add (local.get $at) (local.get $size))))
      (else (local.set $at (call $malloc (local.get $size)))))
    (if (i32.eqz (local.get $at)) (then (unreachable)))
    (memory.copy (local.get $at) (local.get $old)
      (select (local.get $old_size) (local.get $size) (i32.lt_u (local.get $old_size) (local.get $size))))
    (local.get $at))

  (func $u32 (param $argv i32) (param $index i32) (result i32)
    (i32.trunc_sat_f64_u (call $qjs_get_float64 (i32.add (local.get $argv) (i32.shl (local.get $index) (i32.const 3))))))
  (func $u64 (param $argv i32) (param $index i32) (result i64)
    (i64.trunc_sat_f64_u (call $qjs_get_float64 (i32.add (local.get $argv) (i32.shl (local.get $index) (i32.const 3))))))

  ;; Native function number `magic`. Arguments and results are numbers, or as the natives below say.
  (func $call_native (type $native)
    (param $ctx i32) (param $this i64) (param $argc i32) (param $argv i32) (param $magic i32) (result i64)
    (local $at i32) (local $length i32) (local $value i64)
    (global.set $arena_next (global.get $arena))
    ;;@dispatch
    (unreachable))

  ;; takeArena(buffer: ArrayBuffer): its address
  (func $take_arena (param $ctx i32) (param $argv i32) (result i64)
    (global.set $sp (i32.sub (global.get $sp) (i32.const 16)))
    (global.set $arena (call $qjs_get_array_buffer (local.get $argv) (global.get $sp)))
    (global.set $arena_end (i32.add (global.get $arena) (i32.load (global.get $sp))))
    (global.set $sp (i32.add (global.get $sp) (i32.const 16)))
    (call $JS_NewNumber (local.get $ctx) (f64.convert_i32_u (global.get $arena))))

  ;; takeBytes(address, length): an ArrayBuffer with what the host left outside of the arena
  (func $take_bytes (param $ctx i32) (param $argv i32) (result i64)
    (local $value i64)
    (local.set $value (call $JS_NewArrayBufferCopy (local.get $ctx)
      (call $u32 (local.get $argv) (i32.const 0)) (call $u32 (local.get $argv) (i32.const 1))))
    (call $free (call $u32 (local.get $argv) (i32.const 0)))
    (local.get $value))

  ;; encode(text): an ArrayBuffer with its UTF-8
  (func $encode (param $ctx i32) (param $argv i32) (result i64)
    (local $text i32) (local $value i64)
    (global.set $sp (i32.sub (global.get $sp) (i32.const 16)))
    (local.set $text (call $qjs_get_string_len (local.get $argv) (global.get $sp)))
    (if (i32.eqz (local.get $text)) (then (unreachable)))
    (local.set $value (call $JS_NewArrayBufferCopy (local.get $ctx) (local.get $text) (i32.load (global.get $sp))))
    (call $qjs_free_cstring (local.get $text))
    (global.set $sp (i32.add (global.get $sp) (i32.const 16)))
    (local.get $value))

  ;; decode(buffer: ArrayBuffer, offset, length): its text, malformed UTF-8 as U+FFFD
  (func $decode (param $ctx i32) (param $argv i32) (result i64)
    (local $value i64)
    (global.set $sp (i32.sub (global.get $sp) (i32.const 16)))
    (local.set $value (call $JS_NewStringLen (local.get $ctx)
      (i32.add (call $qjs_get_array_buffer (local.get $argv) (global.get $sp)) (call $u32 (local.get $argv) (i32.const 1)))
      (call $u32 (local.get $argv) (i32.const 2))))
    (global.set $sp (i32.add (global.get $sp) (i32.const 16)))
    (local.get $value))

  ;; loadPart(offset, length): the value of a script that lies so far behind the program's own
  (func $load_part (param $ctx i32) (param $argv i32) (result i64)
    (local $at i32) (local $length i32) (local $first i32) (local $value i32)
    (local.set $length (call $u32 (local.get $argv) (i32.const 1)))
    (global.set $sp (i32.sub (global.get $sp) (i32.const 16)))
    (memory.init $program (global.get $sp) (i32.const 0) (i32.const 4))
    (local.set $first (i32.add (i32.load (global.get $sp)) (i32.const 4)))
    (global.set $sp (i32.add (global.get $sp) (i32.const 16)))
    (local.set $at (call $malloc (local.get $length)))
    (memory.init $program (local.get $at)
      (i32.add (local.get $first) (call $u32 (local.get $argv) (i32.const 0))) (local.get $length))
    (local.set $value (call $qjs_eval_bytecode (local.get $at) (local.get $length)))
    (call $free (local.get $at))
    (i64.load (local.get $value)))

  ;; Imports of quickjs.wasm. None is ever asked: programs are single files without a module loader or an interrupt handler.
  (func (export "host_call") (param i32 i32 i32 i32 i32) (result i32) (unreachable))
  (func (export "host_interrupt") (result i32) (i32.const 0))
  (func (export "host_module_normalize") (param i32 i32) (result i32) (i32.const 0))
  (func (export "host_module_load") (param i32 i32) (result i32) (i32.const 0))
  ;; Cells live in UTC.
  (func (export "host_get_timezone_offset") (param i32 i32) (result i32) (i32.const 0))

  ;; A promise was rejected and nobody listens, or somebody listens now: the program keeps the list.
  (func (export "host_promise_rejection") (param $promise i32) (param $reason i32) (param $handled i32)
    (local $flag i32) (local $undefined i32)
    (if (global.get $rejected) (then
      (local.set $flag (if (result i32) (local.get $handled) (then (call $qjs_get_true)) (else (call $qjs_get_false))))
      (local.set $undefined (call $qjs_get_undefined))
      (global.set $sp (i32.sub (global.get $sp) (i32.const 16)))
      (i32.store (global.get $sp) (local.get $promise))
      (i32.store offset=4 (global.get $sp) (local.get $reason))
      (i32.store offset=8 (global.get $sp) (local.get $flag))
      (call $qjs_free_value
        (call $qjs_call (global.get $rejected) (local.get $undefined) (i32.const 3) (global.get $sp)))
      (global.set $sp (i32.add (global.get $sp) (i32.const 16)))
      (call $qjs_free_value (local.get $undefined))
      (call $qjs_free_value (local.get $flag))))
    (call $qjs_free_value (local.get $promise))
    (call $qjs_free_value (local.get $reason)))

  ;; The end of a program that threw where nobody could catch: its error on stderr, and failure.
  (func $fail (result i32)
    (local $text i32) (local $length i32)
    (local.set $text (call $qjs_get_string (call $qjs_get_exception)))
    (if (local.get $text) (then
      (local.set $length (call $strlen (local.get $text)))
      (i32.store8 (i32.add (local.get $text) (local.get $length)) (i32.const 10))
      (global.set $sp (i32.sub (global.get $sp) (i32.const 16)))
      (call $blocking_write_and_flush (call $get_stderr) (local.get $text)
        (select (i32.const 4096) (i32.add (local.get $length) (i32.const 1)) (i32.ge_u (local.get $length) (i32.const 4096)))
        (global.get $sp))))
    (i32.const 1))

  ;; run: func() -> result. 0 is ok, 1 is an error.
  (func (export "wasi:cli/run@0.2.12#run") (result i32)
    (local $ctx i32) (local $at i32) (local $length i32) (local $index i32)
    (local $native i32) (local $array i64) (local $global i32) (local $turn i32) (local $undefined i32) (local $value i32)
    (call $initialize)
    (if (call $qjs_init) (then (return (i32.const 1))))
    ;; Deep recursion ends in a RangeError, well before the host's own stack does (256 KiB were fine, 512 were not).
    (call $qjs_set_max_stack_size (i32.const 0x30000))
    (call $qjs_set_promise_rejection_handler (i32.const 1))
    (local.set $ctx (call $qjs_get_context_ptr))

    (local.set $native (table.grow (ref.func $call_native) (i32.const 1)))
    (local.set $array (call $JS_NewArray (local.get $ctx)))
    (local.set $at (call $malloc (i32.const 32)))
    (memory.init $names (local.get $at) (i32.const 0) (i32.const 19))
    (loop $each
      (drop (call $JS_SetPropertyUint32 (local.get $ctx) (local.get $array) (local.get $index)
        (call $JS_NewCFunction2 (local.get $ctx) (local.get $native) (local.get $at) (i32.const 0) (i32.const 1)
          (local.get $index))))
      (br_if $each (i32.lt_u
        (local.tee $index (i32.add (local.get $index) (i32.const 1)))
        (i32.const NATIVE_COUNT))))
    (local.set $global (call $qjs_get_global))
    (drop (call $JS_SetPropertyStr (local.get $ctx) (i64.load (local.get $global)) (local.get $at) (local.get $array)))

    (global.set $sp (i32.sub (global.get $sp) (i32.const 16)))
    (memory.init $program (global.get $sp) (i32.const 0) (i32.const 4))
    (local.set $length (i32.load (global.get $sp)))
    (global.set $sp (i32.add (global.get $sp) (i32.const 16)))
    (local.set $value (call $malloc (local.get $length)))
    (memory.init $program (local.get $value) (i32.const 4) (local.get $length))
    (local.set $index (call $qjs_eval_bytecode (local.get $value) (local.get $length)))
    (call $free (local.get $value))
    (if (call $qjs_is_exception (local.get $index)) (then (return (call $fail))))
    (call $qjs_free_value (local.get $index))

    (local.set $undefined (call $qjs_get_undefined))
    (local.set $turn
      (call $qjs_get_prop_string (local.get $global) (i32.add (local.get $at) (i32.const 5))))
    (global.set $rejected
      (call $qjs_get_prop_string (local.get $global) (i32.add (local.get $at) (i32.const 10))))
    (loop $next
      (loop $jobs
        (if (call $qjs_is_job_pending) (then
          (if (i32.lt_s (call $qjs_execute_pending_job) (i32.const 0)) (then (return (call $fail))))
          (br $jobs))))
      (local.set $value (call $qjs_call (local.get $turn) (local.get $undefined) (i32.const 0) (i32.const 0)))
      (if (call $qjs_is_exception (local.get $value)) (then (return (call $fail))))
      (if (call $qjs_is_undefined (local.get $value)) (then
        (call $qjs_free_value (local.get $value))
        (br $next))))
    (i32.ne (i32.trunc_sat_f64_s (call $qjs_get_float64 (local.get $value))) (i32.const 0)))
)
