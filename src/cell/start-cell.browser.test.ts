/** Cells in real workers: how they end, and that no worker is left. */
import { decodeText, encodeText, Exception, readAll } from "#base";
import { describe, expect, test } from "vitest";
import { MODES, NO_FILES, startBench } from "./bench.testing.ts";
import {
  command,
  ECHO,
  EXIT_IMPORT,
  exits,
  FLOODS,
  HOARDS,
  hoardsHeaders,
  hoardsPollables,
  LOOPS,
  RETURNS_ERR,
  RETURNS_OK,
  sleeps,
  STREAM_IMPORTS,
  TAKES_TWICE,
  TRAPS,
  triesSockets,
  WRITES_AND_ENDS,
  WRITES_TOO_MUCH,
} from "./guests.testing.ts";
import { startCell } from "./start-cell.ts";

describe.each(MODES)("in a cell that waits by %s,", (mode) => {
  const bench = startBench(mode);

  test.each([
    ["a run that returns ok", RETURNS_OK, "", { type: "exited", code: 0 }],
    ["a run that returns err", RETURNS_ERR, "", { type: "exited", code: 1 }],
    ["exit(ok)", exits("exit", 0), EXIT_IMPORT, { type: "exited", code: 0 }],
    ["exit(err)", exits("exit", 1), EXIT_IMPORT, { type: "exited", code: 1 }],
    ["exit-with-code(7)", exits("exit-with-code", 7), EXIT_IMPORT, { type: "exited", code: 7 }],
    [
      "a trap",
      TRAPS,
      "",
      {
        type: "trapped",
        message:
          'Cell "guest" trapped: it ran into an "unreachable" instruction, as programs do that abort; tell its author',
      },
    ],
    [
      "a guest that takes all memory",
      HOARDS,
      "",
      {
        type: "trapped",
        message: expect.stringContaining(
          "with 240 MiB of the 256 MiB of memory that a cell may have",
        ),
      },
    ],
    [
      "a second stream of a connection",
      TAKES_TWICE,
      STREAM_IMPORTS,
      { type: "trapped", message: expect.stringContaining("taken twice") },
    ],
    [
      "a blocking write that is too long",
      WRITES_TOO_MUCH,
      STREAM_IMPORTS,
      { type: "trapped", message: expect.stringContaining("was given 4097 bytes") },
    ],
  ])("startCell() tells how %s ended", async (_, main, imports, status) => {
    await using cell = await bench.start(await command(main, imports));
    expect(await cell.exited).toEqual(status);
    expect(bench.workers.size).toBe(0);
    expect(cell.stdin.closed).toBe(true);
    expect(cell.rpc.sink.closed).toBe(true);
    expect(await cell.stdout.read(1)).toBeUndefined();
    expect(await cell.stderr.read(1)).toBeUndefined();
    expect(await cell.rpc.source.read(1)).toBeUndefined();
  });

  test("startCell() carries bytes over the connection, both ways and in any amount", async () => {
    await using cell = await bench.start(await command(ECHO, STREAM_IMPORTS));
    const sent = new Uint8Array(1_000_000).map((_, at) => (at * 7) % 251);
    const back = readAll(cell.rpc.source, sent.length);
    await cell.rpc.sink.write(sent.slice());
    cell.rpc.sink.close();
    expect(await back).toEqual(sent);
    expect(await cell.exited).toEqual({ type: "exited", code: 0 });
  });

  test("startCell() has what a guest wrote to its connection before it ended", async () => {
    const component = await command(WRITES_AND_ENDS, STREAM_IMPORTS);
    for (let i = 0; i < 20; i++) {
      await using cell = await bench.start(component);
      expect(await cell.exited).toEqual({ type: "exited", code: 0 });
      expect(await readAll(cell.rpc.source, 100_000)).toHaveLength(60 * 1024);
    }
  });

  test("startCell() lets a guest that never pauses hear of a reader that went away", async () => {
    await using cell = await bench.start(await command(FLOODS, STREAM_IMPORTS));
    for (let total = 0; total < 1_000_000;) {
      total += (await cell.rpc.source.read(65_536))?.length ?? Number.NaN;
    }
    cell.rpc.source[Symbol.dispose]();
    expect(await cell.exited).toEqual({ type: "exited", code: 0 });
  });

  test("startCell() lets a guest sleep, no shorter than it asked", async () => {
    const component = await sleeps(120);
    await bench.compile(component);
    await using quick = await bench.start(await sleeps(0));
    const before = performance.now();
    await using cell = await bench.start(component);
    expect(await cell.exited).toEqual({ type: "exited", code: 0 });
    expect(performance.now() - before).toBeGreaterThanOrEqual(120);
    expect(await quick.exited).toEqual({ type: "exited", code: 0 });
  });

  test("startCell() runs a guest that imports sockets, and refuses it one", async () => {
    await using cell = await bench.start(await triesSockets());
    expect(await cell.exited).toEqual({ type: "exited", code: 0 });
  });

  test("startCell() kills a busy loop by its signal, with its reason", async () => {
    const stop = new AbortController();
    await using cell = await bench.start(
      await command(LOOPS, STREAM_IMPORTS),
      {},
      { signal: stop.signal },
    );
    expect(await cell.rpc.source.read(10)).toHaveLength(1);
    stop.abort(new Exception("failed", "Terminal was closed"));
    expect(await cell.exited).toEqual({ type: "killed", reason: "Terminal was closed" });
    expect(bench.workers.size).toBe(0);
    expect(cell.stdin.closed).toBe(true);
    expect(await cell.stdout.read(1)).toBeUndefined();
  });

  test("startCell() ends a guest that runs longer than it may", async () => {
    const component = await command(LOOPS, STREAM_IMPORTS);
    await using cell = await bench.start(component, { limits: { cpuSeconds: 0.3 } });
    expect(await cell.exited).toEqual({
      type: "killed",
      reason: "It used the 0.3 s of processor time that it may have",
      limit: "cpuSeconds",
    });
    expect(bench.workers.size).toBe(0);
  });

  test("startCell() does not count the time in which a guest waits", async () => {
    const component = await sleeps(1500);
    await using cell = await bench.start(component, { limits: { cpuSeconds: 1 } });
    expect(await cell.exited).toEqual({ type: "exited", code: 0 });
  });

  test("startCell() does not count the time in which the files of a guest are kept", async () => {
    const limits = { cpuSeconds: 0.3 };
    const loops = await command(LOOPS, STREAM_IMPORTS);
    const keepFiles = async (): Promise<void> => {
      // Takes as long as another cell needs to use up the same limit.
      await using other = await bench.start(loops, { limits });
      expect(await other.exited).toMatchObject({ type: "killed" });
    };
    await using cell = await bench.start(await command(RETURNS_OK), { limits }, { keepFiles });
    expect(await cell.exited).toEqual({ type: "exited", code: 0 });
  });

  test("startCell() refuses an image whose names take more than the cell may have", async () => {
    const names = Array.from({ length: 2000 }, (_, at) => `${"n".repeat(1000)}${at}`);
    const entries = new Map(names.map((name) => [name, { type: "directory" } as const]));
    const options = { tree: { ...NO_FILES, entries }, limits: { memoryBytes: 8 * 1024 * 1024 } };
    await expect(bench.start(await command(RETURNS_OK), options)).rejects.toMatchObject({
      kind: "overloaded",
      message: expect.stringContaining("the names in its image take more than half of"),
    });
    await using cell = await bench.start(await command(RETURNS_OK), {
      ...options,
      limits: { memoryBytes: 16 * 1024 * 1024 },
    });
    expect(await cell.exited).toEqual({ type: "exited", code: 0 });
  });

  test("startCell() gives a guest no more memory than it may have, and says so", async () => {
    const limits = { memoryBytes: 128 * 1024 * 1024 };
    await using cell = await bench.start(await command(HOARDS), { limits });
    expect(await cell.exited).toEqual({
      type: "trapped",
      message: expect.stringMatching(/of the 128 MiB of memory that a cell may have/),
    });
  });

  test("startCell() ends a guest that drops nothing", async () => {
    await using cell = await bench.start(await hoardsPollables());
    expect(await cell.exited).toEqual({
      type: "trapped",
      message: expect.stringContaining("it holds more than 16384 resources"),
    });
  });

  test("startCell() ends a guest that makes its host keep more than its memory", async () => {
    const limits = { memoryBytes: 64 * 1024 * 1024 };
    await using cell = await bench.start(await hoardsHeaders(), { limits });
    expect(await cell.exited).toEqual({
      type: "trapped",
      message: expect.stringContaining("headers that it keeps take more memory than it may have"),
    });
  });

  test("startCell() holds back a guest that writes what nobody reads", async () => {
    const limits = { pipeBytes: 8192 };
    await using cell = await bench.start(await command(FLOODS, STREAM_IMPORTS), { limits });
    await cell.rpc.source.ready();
    // Long enough for the guest to write far more.
    await using other = await bench.start(await command(RETURNS_OK));
    await other.exited;
    expect(await cell.rpc.source.read(1_000_000)).toHaveLength(8192);
    for (let total = 0; total < 100_000;) {
      total += (await cell.rpc.source.read(65_536))?.length ?? Number.NaN;
    }
  });

  test.each([
    ["256 KiB of input", {}, 256 * 1024],
    ["what the limit says", { pipeBytes: 8192 }, 8192],
  ])("startCell() holds %s that a guest does not read, and no more", async (_, limits, bytes) => {
    await using cell = await bench.start(await command(FLOODS, STREAM_IMPORTS), { limits });
    await cell.stdin.ready();
    expect(cell.stdin.offer(new Uint8Array(1_000_000))).toBe(bytes);
    expect(cell.stdin.room).toBe(0);
  });

  test("startCell() kills on dispose, also twice", async () => {
    const cell = await bench.start(await command(ECHO, STREAM_IMPORTS));
    await cell[Symbol.asyncDispose]();
    await cell[Symbol.asyncDispose]();
    expect(await cell.exited).toMatchObject({ type: "killed" });
    expect(bench.workers.size).toBe(0);
  });

  test.each([
    ["cannot be loaded", "/no-such-script.js", "could not be loaded"],
    ["fails at once", "data:text/javascript,throw new Error('no luck')", "no luck"],
  ])("startCell() tells of a worker that %s", async (_, script, message) => {
    await using cell = startCell(
      {
        name: "guest",
        component: await bench.compile(await command(RETURNS_OK)),
        args: [],
        env: [],
        tree: { entries: new Map(), read: () => Promise.reject(new Error("no files")) },
      },
      {
        mode,
        spawn: () => new Worker(script, { type: "module" }),
        monotonicMs: () => performance.now(),
      },
    );
    expect(await cell.exited).toEqual({
      type: "trapped",
      message: expect.stringContaining(message),
    });
  });

  test("startCell() runs hello-c with arguments and input", async (context) => {
    const response = await fetch("/images/hello-c/bin/main.wasm");
    const component = new Uint8Array(await response.arrayBuffer());
    if (decodeText(component.subarray(0, 4)) !== "\0asm") {
      context.skip("hello-c is not built: node guests/hello-c/build.ts");
    }
    await using cell = await bench.start(component, { name: "hello-c", args: ["a", "b"] });
    await cell.stdin.write(encodeText("hi\n"));
    cell.stdin.close();
    // Read only after the end: the output is still there.
    expect(await cell.exited).toEqual({ type: "exited", code: 0 });
    expect(decodeText(await readAll(cell.stdout, 1000))).toBe("A B\nHI\n");
  });
});
