/** The SDK as programs see it: a component built from fixtures, run on the rooms' own WASI, in Node with JSPI. */
import { fileURLToPath } from "node:url";
import { encodeText } from "#base";
import { beforeAll, expect, test } from "vitest";
import { readText, runComponent, type RunOptions } from "./run-component.ts";
import { createToolchain } from "./toolchain.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

let component: Uint8Array;

beforeAll(async () => {
  component = await createToolchain(at("../../.cache/guests/")).component(
    at("../sdk/fixtures/main.ts"),
  );
}, 60_000);

const run = (args: readonly string[], options?: Omit<RunOptions, "args">) =>
  runComponent(component, { args: ["fixture", ...args], ...options });

test("componentize() makes components of less than 700 KB", () => {
  expect(component.length).toBeLessThan(700_000);
});

test("main gets arguments and environment, whatever their length", async () => {
  const long = "ü".repeat(100_000);
  const cell = run(["environment", "", long], { env: [["NAME", "välue"]] });
  expect(JSON.parse(await readText(cell.output))).toEqual([
    ["fixture", "environment", "", long],
    [["NAME", "välue"]],
  ]);
  expect(await cell.exited).toBe(0);
});

test("stdin comes to its end", async () => {
  const cell = run(["input"]);
  const text = "straße\n".repeat(50_000);
  await cell.stdin.write(encodeText(text));
  cell.stdin.close();
  expect(await readText(cell.output)).toBe(text.toUpperCase());
});

test("openConnection() carries more than any buffer holds, both ways", async () => {
  const cell = run(["echo"]);
  const sent = crypto.getRandomValues(new Uint8Array(50_000));
  const writing = (async () => {
    for (let round = 0; round < 20; round++) await cell.rpc.sink.write(sent.slice());
    cell.rpc.sink.close();
  })();
  const got: Uint8Array[] = [];
  for (;;) {
    const bytes = await cell.rpc.source.read(7_000);
    if (bytes === undefined) break;
    got.push(bytes);
  }
  await writing;
  expect(Buffer.concat(got).equals(Buffer.concat(Array.from({ length: 20 }, () => sent)))).toBe(
    true,
  );
  expect(await readText(cell.errors)).toBe("1000000");
});

test("two streams are waited for at once", async () => {
  const cell = run(["both"]);
  await cell.rpc.sink.write(encodeText("from the host"));
  await cell.stdin.write(encodeText("from the user"));
  const bytes = await cell.rpc.source.read(100);
  expect(bytes).toEqual(encodeText("from the user"));
  cell.rpc.sink.close();
  cell.stdin.close();
  expect(await readText(cell.output)).toBe("from the host");
  expect(await cell.exited).toBe(0);
});

test("readFile() gives whole files, and says what it could not read", async () => {
  const bytes = encodeText("x".repeat(200_000));
  const found = run(["file", "/etc/data"], { files: { "etc/data": bytes } });
  expect((await readText(found.output)).length).toBe(200_000);
  const missing = run(["file", "etc/nothing"], { files: { "etc/data": bytes } });
  expect(await readText(missing.errors)).toBe('Cannot read "etc/nothing": there is no such file\n');
  expect(await missing.exited).toBe(1);
});

test("a signal ends waiting", async () => {
  expect(await readText(run(["abort"]).output)).toBe("RangeError: enough");
});

test("TextEncoder and TextDecoder do as everywhere", async () => {
  expect(JSON.parse(await readText(run(["text"]).output))).toEqual([3, "a\ufffd€", 3, true]);
});

test("the engine knows the language that shared code is written in", async () => {
  expect(await readText(run(["language"]).output)).toBe("used,deferred 18446744073709551615 0,1,2");
});

test("deep recursion ends in a RangeError", async () => {
  expect(await readText(run(["recursion"]).output)).toBe("RangeError");
});

test.each([0, 1, 7])("what main gives is the exit code: %d", async (code) => {
  expect(await run(["code", `${code}`]).exited).toBe(code);
});

test.each([0, 1, 3])("exit(%d) ends the cell while something is waited for", async (code) => {
  const cell = run(["exit", `${code}`]);
  expect(await cell.exited).toBe(code);
  expect(await readText(cell.output)).toBe("before");
  expect(await readText(cell.errors)).toBe("");
});

test("an exception for a person is one line on stderr", async () => {
  const cell = run(["refuse"]);
  expect(await readText(cell.errors)).toBe("Cannot do that: it is a test\n");
  expect(await cell.exited).toBe(1);
});

test("a mistake in the program shows where it was made", async () => {
  expect(await readText(run(["mistake"]).errors)).toMatch(
    /^TypeError: This is a mistake\n.*at .*fixtures.js/,
  );
});

test("a rejection that nobody hears ends the program", async () => {
  const cell = run(["unheard"]);
  expect(await readText(cell.errors)).toBe("Nobody listens\n");
  expect(await cell.exited).toBe(1);
});

test("a program that can never go on says so", async () => {
  const cell = run(["stuck"]);
  expect(await readText(cell.errors)).toBe(
    "Main waits for something that cannot happen any more\n",
  );
  expect(await cell.exited).toBe(1);
});
