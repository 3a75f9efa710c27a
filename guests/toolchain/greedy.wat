;; A program that owns all of its memory, as an allocator does that takes `memory.size` for the end of its heap, and counts
;; on growing without a gap. It writes its arguments and its variables, a line each, then the errors of empty reads and
;; writes as digits: four of a descriptor that there is not, and two of standard output and input.
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $environ_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_pwrite" (func $fd_pwrite (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_pread" (func $fd_pread (param i32 i32 i32 i64 i32) (result i32)))
  (memory (export "memory") 1)
  (data $newline (i32.const 64) "\n")
  (global $end (mut i32) (i32.const 0))

  (func $assert (param i32)
    (if (i32.eqz (local.get 0)) (then (unreachable))))

  ;; All from here to the end of memory holds nothing that anybody needs.
  (func $scribble (param $from i32)
    (memory.fill (local.get $from) (i32.const 0xaa) (i32.sub (global.get $end) (local.get $from))))

  (func $grow
    (local $at i32)
    (local.set $at (global.get $end))
    (call $assert (i32.eq (memory.grow (i32.const 2)) (i32.shr_u (local.get $at) (i32.const 16))))
    (global.set $end (i32.shl (memory.size) (i32.const 16)))
    (call $assert (i32.eq (i32.sub (global.get $end) (local.get $at)) (i32.const 0x20000)))
    ;; What was written before is still there, and fresh pages are empty.
    (call $assert (i32.eq (i32.load8_u (i32.sub (local.get $at) (i32.const 1))) (i32.const 0xaa)))
    (loop $next
      (call $assert (i64.eqz (i64.load (local.get $at))))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (global.get $end)))))

  ;; Buffers at 16: one that is empty, the text, a newline; and again from the place reached, as libraries do.
  (func $write_line (param $text i32)
    (local $end i32)
    (local.set $end (local.get $text))
    (loop $next
      (if (i32.load8_u (local.get $end)) (then
        (local.set $end (i32.add (local.get $end) (i32.const 1)))
        (br $next))))
    (i64.store (i32.const 16) (i64.const 0))
    (i32.store (i32.const 24) (local.get $text))
    (i32.store (i32.const 28) (i32.sub (local.get $end) (local.get $text)))
    (call $assert (i32.eqz (call $fd_write (i32.const 1) (i32.const 16) (i32.const 2) (i32.const 8))))
    (call $assert (i32.eq (i32.load (i32.const 8)) (i32.load (i32.const 28))))
    (i32.store (i32.const 24) (i32.const 64))
    (i32.store (i32.const 28) (i32.const 1))
    (call $assert (i32.eqz (call $fd_write (i32.const 1) (i32.const 16) (i32.const 2) (i32.const 8)))))

  (func $write_list (param $list i32) (param $length i32)
    (loop $next
      (if (local.get $length) (then
        (call $write_line (i32.load (local.get $list)))
        (local.set $list (i32.add (local.get $list) (i32.const 4)))
        (local.set $length (i32.sub (local.get $length) (i32.const 1)))
        (br $next)))))

  (func (export "_start")
    (call $assert (i32.eqz (call $args_sizes_get (i32.const 0) (i32.const 4))))
    (global.set $end (i32.shl (memory.size) (i32.const 16)))
    (call $scribble (i32.const 1024))
    (call $assert (i32.eqz (call $args_get (i32.const 1024) (i32.const 2048))))
    (call $write_list (i32.const 1024) (i32.load (i32.const 0)))
    (call $grow)
    (call $scribble (i32.const 1024))
    (call $assert (i32.eqz (call $environ_sizes_get (i32.const 0) (i32.const 4))))
    (call $assert (i32.eqz (call $environ_get (i32.const 0x1e000) (i32.const 0x1f000))))
    (call $write_list (i32.const 0x1e000) (i32.load (i32.const 0)))
    (call $assert (i32.eqz (call $random_get (i32.const 1024) (i32.sub (global.get $end) (i32.const 1024)))))
    (call $scribble (i32.const 1024))
    (call $grow)

    (i32.store8 (i32.const 1024) (call $fd_write (i32.const 77) (i32.const 0) (i32.const 0) (i32.const 8)))
    (i32.store8 (i32.const 1025) (call $fd_read (i32.const 77) (i32.const 0) (i32.const 0) (i32.const 8)))
    (i32.store8 (i32.const 1026) (call $fd_pwrite (i32.const 77) (i32.const 0) (i32.const 0) (i64.const 0) (i32.const 8)))
    (i32.store8 (i32.const 1027) (call $fd_pread (i32.const 77) (i32.const 0) (i32.const 0) (i64.const 0) (i32.const 8)))
    (i32.store8 (i32.const 1028) (call $fd_write (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 8)))
    (i32.store8 (i32.const 1029) (call $fd_read (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 8)))
    (i64.store (i32.const 1024) (i64.or (i64.load (i32.const 1024)) (i64.const 0x303030303030)))
    (i32.store8 (i32.const 1030) (i32.const 0))
    (call $write_line (i32.const 1024))))
