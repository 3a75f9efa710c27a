/** Components that want more than their share, in real workers; another cell must keep answering meanwhile. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MODES, startBench } from "./bench.testing.ts";
import type { Bench } from "./bench.testing.ts";
import type { Cell } from "./cell.ts";
import { command, ECHO, FLOODS, HOARDS, LOOPS, STREAM_IMPORTS } from "./guests.testing.ts";

/** Two core modules, of which one imports and calls functions of the other under these names. */
function names(hostile: readonly string[]): string {
  const text = hostile.map((name) =>
    Array.from(
      new TextEncoder().encode(name),
      (byte) => `\\${byte.toString(16).padStart(2, "0")}`,
    ).join(""),
  );
  const each = (write: (name: string, at: number) => string): string => text.map(write).join("\n");
  return `
    (core module $far ${each((name, at) => `(func (export "${name}") (result i32) (i32.const ${at}))`)})
    (core instance $far (instantiate $far))
    (core module $code
      ${each((name, at) => `(import "${name}" "${name}" (func $f${at} (result i32)))`)}
      (func (export "run") (result i32)
        ${each((_, at) => `(if (i32.ne (call $f${at}) (i32.const ${at})) (then unreachable))`)}
        i32.const 0))
    (core instance $main (instantiate $code
      ${each((name) => `(with "${name}" (instance $far))`)}))`;
}

/** Names that end a JavaScript string, inject code, or have a meaning on objects. */
const NAMES = [
  "'",
  '"',
  "`",
  "\\",
  "\\'",
  "a\nb",
  "a\r\nb",
  "\u2028",
  "\u2029",
  "\0",
  "'];throw 1;['",
  '"];throw 1;["',
  "'); throw 1; ('",
  "': 0 } }; throw 1; ({ a: { '",
  "': (() => { throw 1 })(), '",
  "`${(() => { throw 1 })()}`",

  "*/ throw 1; /*",
  "// throw 1",
  "${(() => { throw 1 })()}",
  "</script>",
  "constructor",
  "prototype",
  "toString",
  "__proto__",
  "_debugLog(",
  "_trampoline0.manuallyAsync ? new WebAssembly.Suspending(",
  "export function instantiate(",
];
/** Words of JavaScript that are valid as names of exported functions. */
const WORDS = ["constructor", "default", "delete", "await", "import", "then", "arguments"];

async function exporting(words: readonly string[]): Promise<Uint8Array> {
  const exported = words.map(
    (word) => `(func (export "${word}") (result u32) (canon lift (core func $main "run")))`,
  );
  return command(`(core module $code (func (export "run") (result i32) i32.const 0))
    (core instance $main (instantiate $code))
    ${exported.join("\n")}`);
}

describe.each(MODES)("in a cell that waits by %s,", (mode) => {
  let bench: Bench;
  let beside: Cell;
  beforeAll(async () => {
    bench = startBench(mode);
    beside = await bench.start(await command(ECHO, STREAM_IMPORTS));
  });
  afterAll(async () => {
    await beside[Symbol.asyncDispose]();
  });

  const expectAnswer = async (): Promise<void> => {
    await beside.rpc.sink.write(Uint8Array.of(1, 2, 3));
    for (let missing = 3; missing > 0;) {
      missing -= (await beside.rpc.source.read(missing))?.length ?? Number.NaN;
    }
  };

  test.each(NAMES)("the name %j is a name like others", async (name) => {
    await using cell = await bench.start(await command(names([name])));
    expect(await cell.exited).toEqual({ type: "exited", code: 0 });
  });

  test("names that mean something to JavaScript are names like others", async () => {
    await using cell = await bench.start(await exporting(WORDS));
    expect(await cell.exited).toEqual({ type: "exited", code: 0 });
  });

  test("a stream that nobody reads holds its writer back", async () => {
    await using cell = await bench.start(await command(FLOODS, STREAM_IMPORTS));
    await cell.rpc.source.ready();
    for (let i = 0; i < 100; i++) await expectAnswer();
    // Everything that is there now, without a turn in which more could arrive.
    const bytes = cell.rpc.source.take(100_000_000);
    expect(bytes.length).toBeGreaterThan(0);
    expect(bytes.length).toBeLessThanOrEqual(64 * 1024);
    await expectAnswer();
  });

  test("a loop without end does not keep others from their turn, and is killed", async () => {
    await using cell = await bench.start(await command(LOOPS, STREAM_IMPORTS));
    expect(await cell.rpc.source.read(1)).toHaveLength(1);
    await expectAnswer();
    await cell[Symbol.asyncDispose]();
    expect(await cell.exited).toMatchObject({ type: "killed" });
    await expectAnswer();
  });

  test("a guest that takes all memory ends alone", async () => {
    await using cell = await bench.start(await command(HOARDS));
    await expectAnswer();
    expect(await cell.exited).toMatchObject({ type: "trapped" });
    await expectAnswer();
  });

  test("a list of a million handles for the host is read, and of a hundred million refused", async () => {
    await using cell = await bench.start(await polls(1_000_000));
    await expectAnswer();
    expect(await cell.exited).toEqual({ type: "exited", code: 0 });
    const limits = { memoryBytes: 1024 * 1024 * 1024 };
    await using larger = await bench.start(await polls(1 << 27), { limits });
    expect(await larger.exited).toMatchObject({
      type: "trapped",
      message: expect.stringContaining("passes more than 256 MiB of strings and lists"),
    });
    await expectAnswer();
  });

  test.each([
    [
      "makes objects without end",
      `(core module $code
        (type $bytes (array (mut i8)))
        (type $list (struct (field (ref null $bytes)) (field (ref null $list))))
        (global $kept (mut (ref null $list)) (ref.null $list))
        (func (export "run") (result i32)
          (loop $more
            (global.set $kept (struct.new $list
              (array.new_default $bytes (i32.const 67108864)) (global.get $kept)))
            (br $more))
          i32.const 0))
      (core instance $main (instantiate $code))`,
    ],
    [
      "shares its memory",
      `(core module $code (memory 1 1 shared) (func (export "run") (result i32) i32.const 0))
      (core instance $main (instantiate $code))`,
    ],
  ])("a component that %s is not begun", async (_, main) => {
    await expect(bench.start(await command(main))).rejects.toThrow(/^Component cannot run here: /);
    await expectAnswer();
  });
});

/** Calls `poll` once, with a list that repeats one handle this many times. */
async function polls(count: number): Promise<Uint8Array> {
  return command(
    `(core module $code
       (import "memory" "memory" (memory 1))
       (import "host" "subscribe" (func $subscribe (param i64) (result i32)))
       (import "host" "poll" (func $poll (param i32 i32 i32)))
       (func (export "run") (result i32)
         (local $handle i32) (local $at i32)
         (local.set $handle (call $subscribe (i64.const 0)))
         (drop (memory.grow (i32.const ${Math.ceil((count * 4) / 65_536)})))
         (loop $more
           (i32.store offset=65536 (i32.mul (local.get $at) (i32.const 4)) (local.get $handle))
           (local.set $at (i32.add (local.get $at) (i32.const 1)))
           (br_if $more (i32.lt_u (local.get $at) (i32.const ${count}))))
         (call $poll (i32.const 65536) (i32.const ${count}) (i32.const 16))
         i32.const 0))
     (core instance $main (instantiate $code
       (with "memory" (instance $memory))
       (with "host" (instance
         (export "subscribe" (func $subscribe))
         (export "poll" (func $poll))))))`,
    `(import "wasi:io/poll@0.2.0" (instance $poll
       (export "pollable" (type $pollable (sub resource)))
       (export "poll" (func (param "in" (list (borrow $pollable))) (result (list u32))))))
     (alias export $poll "pollable" (type $pollable))
     (import "wasi:clocks/monotonic-clock@0.2.0" (instance $clock
       (alias outer 1 $pollable (type $pollable-outer))
       (export "pollable" (type $pollable (eq $pollable-outer)))
       (export "subscribe-duration" (func (param "when" u64) (result (own $pollable))))))
     (core module $room
       (memory (export "memory") 1)
       ;; The answer goes behind the list.
       (func (export "realloc") (param i32 i32 i32 i32) (result i32)
         (local $at i32)
         (local.set $at (i32.shl (memory.size) (i32.const 16)))
         (drop (memory.grow (i32.add (i32.const 1) (i32.shr_u (local.get 3) (i32.const 16)))))
         (local.get $at)))
     (core instance $memory (instantiate $room))
     (core func $subscribe (canon lower (func $clock "subscribe-duration")))
     (core func $poll (canon lower (func $poll "poll")
       (memory (core memory $memory "memory")) (realloc (core func $memory "realloc"))))`,
  );
}
