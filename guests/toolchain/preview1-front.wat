;; What stands between a program for WASI preview 1 and the adapter; adapter-memory.ts says why, preview1-front.ts adds the
;; functions.
;;
;; The two memories become one: the adapter's three pages, then the program's. So the adapter is given addresses that are
;; 0x30000 higher than the program's. It asks for two pages, which begin at 1024, since it takes 0 for none; what is left
;; of the third is this module's, and of use to a program that writes a little below its own address 0.
(module
  (import "program" "memory" (memory $program 0))
  ;;@imports
  (memory $adapter (export "memory") 3)
  (global $free (mut i32) (i32.const 0x400))

  ;; A page that is never given back: what the adapter asks for is its stack and its state.
  (func (export "cabi_realloc") (param $old i32) (param $old_size i32) (param $align i32) (param $size i32) (result i32)
    (local $page i32)
    (local.set $page (global.get $free))
    (if (i32.or (local.get $old) (i32.gt_u (local.get $size) (i32.const 0x10000))) (then (unreachable)))
    (if (i32.ge_u (local.get $page) (i32.const 0x20400)) (then (unreachable)))
    (global.set $free (i32.add (local.get $page) (i32.const 0x10000)))
    (local.get $page))

  ;; The adapter's address for one of the program's. What is beyond any memory stays there.
  (func $lift (param $at i32) (result i32)
    (select
      (i32.const 0xfffffff8)
      (i32.add (local.get $at) (i32.const 0x30000))
      (i32.gt_u (local.get $at) (i32.const 0xfffcfff8))))

  ;; Of a list of buffers, the one that the adapter would use is the first that is not empty. Writes it to 0x20400.
  ;; Answers the length of the list that is there now, 0 or 1.
  (func $lift_buffers (param $list i32) (param $length i32) (result i32)
    (if (i32.eqz (local.get $length)) (then (return (i32.const 0))))
    (block $found
      (loop $next
        (br_if $found (i32.eq (local.get $length) (i32.const 1)))
        (br_if $found (i32.load $program offset=4 (local.get $list)))
        (local.set $list (i32.add (local.get $list) (i32.const 8)))
        (local.set $length (i32.sub (local.get $length) (i32.const 1)))
        (br $next)))
    (i32.store $adapter (i32.const 0x20400) (call $lift (i32.load $program (local.get $list))))
    (i32.store $adapter (i32.const 0x20404) (i32.load $program offset=4 (local.get $list)))
    (i32.const 1))

  ;; The program's addresses for those that the adapter has written into a list of strings. One that is empty may be
  ;; nowhere in the program's memory, since hosts may allocate nothing for it; there is a byte left for it at the end then.
  (func $lower_strings (param $list i32) (param $length i32) (param $last i32)
    (local $at i32)
    (loop $next
      (if (local.get $length) (then
        (local.set $at (i32.load $program (local.get $list)))
        (if (i32.lt_u (local.get $at) (i32.const 0x30000))
          (then
            (i32.store8 $program (local.get $last) (i32.const 0))
            (i32.store $program (local.get $list) (local.get $last)))
          (else (i32.store $program (local.get $list) (i32.sub (local.get $at) (i32.const 0x30000)))))
        (local.set $list (i32.add (local.get $list) (i32.const 4)))
        (local.set $length (i32.sub (local.get $length) (i32.const 1)))
        (br $next)))))

  ;; What was done last with each of the adapter's 128 descriptors, a byte for each from 0x20480 on: 1 a read, 2 a write.
  (func $turn (param $descriptor i32) (param $kind i32)
    (if (i32.lt_u (local.get $descriptor) (i32.const 128))
      (then (i32.store8 $adapter offset=0x20480 (local.get $descriptor) (local.get $kind)))))

  ;; Whether it was something else than what is done now.
  (func $turns (param $descriptor i32) (param $kind i32) (result i32)
    (local $last i32)
    (if (i32.ge_u (local.get $descriptor) (i32.const 128)) (then (return (i32.const 0))))
    (local.set $last (i32.load8_u $adapter offset=0x20480 (local.get $descriptor)))
    (call $turn (local.get $descriptor) (local.get $kind))
    (i32.ne (local.get $last) (local.get $kind)))

  ;;@functions
)
