;; The six functions of WASI preview 1 that quickjs.wasm asks for, by those of 0.2. There are no descriptors.
(module
  (import "qjs" "memory" (memory 1))
  (import "qjs" "__stack_pointer" (global $sp (mut i32)))
  (import "wasi:clocks/wall-clock@0.2.12" "now" (func $wall_now (param i32)))
  (import "wasi:clocks/monotonic-clock@0.2.12" "now" (func $monotonic_now (result i64)))
  (import "wasi:random/random@0.2.12" "get-random-u64" (func $random_u64 (result i64)))

  (func (export "clock_time_get") (param $clock i32) (param $precision i64) (param $time i32) (result i32)
    (if (local.get $clock)
      (then (i64.store (local.get $time) (call $monotonic_now)))
      (else
        ;; A datetime is seconds: u64, nanoseconds: u32.
        (global.set $sp (i32.sub (global.get $sp) (i32.const 16)))
        (call $wall_now (global.get $sp))
        (i64.store (local.get $time) (i64.add
          (i64.mul (i64.load (global.get $sp)) (i64.const 1000000000))
          (i64.load32_u offset=8 (global.get $sp))))
        (global.set $sp (i32.add (global.get $sp) (i32.const 16)))))
    (i32.const 0))

  (func (export "random_get") (param $at i32) (param $length i32) (result i32)
    (local $word i64) (local $left i32)
    (loop $next
      (if (local.get $length) (then
        (if (i32.eqz (local.get $left)) (then
          (local.set $word (call $random_u64))
          (local.set $left (i32.const 8))))
        (i32.store8 (local.get $at) (i32.wrap_i64 (local.get $word)))
        (local.set $word (i64.shr_u (local.get $word) (i64.const 8)))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (local.set $length (i32.sub (local.get $length) (i32.const 1)))
        (br $next))))
    (i32.const 0))

  ;; 8 is badf.
  (func (export "fd_write") (param i32 i32 i32 i32) (result i32) (i32.const 8))
  (func (export "fd_close") (param i32) (result i32) (i32.const 8))
  (func (export "fd_fdstat_get") (param i32 i32) (result i32) (i32.const 8))
  (func (export "fd_seek") (param i32 i64 i32 i32) (result i32) (i32.const 8))
)
