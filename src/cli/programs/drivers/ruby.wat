;; Ruby is built for pages, without a main function of its own: this one loads /program.rb. Strings end with a zero, as its
;; functions expect; a string is its address and its length.
(module
  (import "program" "memory" (memory 1))
  (import "program" "cabi_realloc" (func $allocate (param i32 i32 i32 i32) (result i32)))
  (import "program" "_initialize" (func $initialize))
  (import "program" "ruby-init: func(args: list<string>) -> ()" (func $init (param i32 i32)))
  (import "program" "rb-eval-string-protect: func(str: string) -> tuple<handle<rb-abi-value>, s32>"
    (func $eval (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (data $texts "ruby\00-EUTF-8\00-e_=0\00load '/program.rb'; $stdout.flush\00")
  (func (export "_start") (local $texts i32) (local $list i32)
    (call $initialize)
    (local.set $texts (call $copy))
    (local.set $list (call $allocate (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 24)))
    (i32.store offset=0 (local.get $list) (local.get $texts))
    (i32.store offset=4 (local.get $list) (i32.const 5))
    (i32.store offset=8 (local.get $list) (i32.add (local.get $texts) (i32.const 5)))
    (i32.store offset=12 (local.get $list) (i32.const 8))
    (i32.store offset=16 (local.get $list) (i32.add (local.get $texts) (i32.const 13)))
    (i32.store offset=20 (local.get $list) (i32.const 6))
    ;; `ruby-init` takes over the list.
    (call $init (local.get $list) (i32.const 3))
    ;; The result is a handle and a status.
    (if (i32.load offset=4 (call $eval (i32.add (call $copy) (i32.const 19)) (i32.const 34)))
      (then (call $exit (i32.const 1)))))
  (func $copy (result i32) (local $to i32)
    (local.set $to (call $allocate (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 53)))
    (memory.init $texts (local.get $to) (i32.const 0) (i32.const 53))
    (local.get $to)))
