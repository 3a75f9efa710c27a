/** The shell as a component, on the rooms' own WASI, in Node. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { decodeText, encodeText } from "#base";
import { beforeAll, expect, test } from "vitest";
import { readText, runComponent, type RunOptions } from "../toolchain/run-component.ts";
import { createToolchain } from "../toolchain/toolchain.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

let component: Uint8Array;
let profile: Uint8Array;

beforeAll(async () => {
  component = await createToolchain(at("../../.cache/guests/")).component(at("main.ts"), "sandbox");
  profile = await readFile(at("layer/etc/profile"));
}, 120_000);

const start = (args: readonly string[], options: Omit<RunOptions, "args"> = {}) =>
  runComponent(component, {
    args,
    env: [
      ["PATH", "/bin"],
      ["HOME", "/home/user"],
      ["PWD", "/home/user"],
    ],
    files: { "home/user/a.txt": encodeText("hello\nworld\n"), "etc/profile": profile },
    writable: true,
    ...options,
  });

/** The output, and the exit code at its end. */
async function run(script: string, input = ""): Promise<string> {
  const cell = start(["bash", "-l", "-c", script]);
  const writing = cell.stdin.write(encodeText(input)).then(
    () => cell.stdin.close(),
    () => undefined,
  );
  const [out, errors, code] = await Promise.all([
    readText(cell.output),
    readText(cell.errors),
    cell.exited,
    writing,
  ]);
  return `${out}${errors}${code}`;
}

test("what a script says comes before it ends, and what it reads after", async () => {
  const cell = start(["bash", "-c", "echo first; read line; echo got $line"]);
  expect(decodeText((await cell.output.read(100)) ?? new Uint8Array(0))).toBe("first\n");
  await cell.stdin.write(encodeText("typed\nrest"));
  expect(await readText(cell.output)).toBe("got typed\n");
  expect(await cell.exited).toBe(0);
});

test.each([
  ["exit 7", "7"],
  ["cat a.txt | tr a-z A-Z", "HELLO\nWORLD\n0"],
  ["echo more >> a.txt; wc -l < a.txt; ls", "3\na.txt\n0"],
  ["yes | head -n 2", "y\ny\n0"],
  ["for i in 1 2; do sleep 0.01; echo $i; done & wait; echo $?", "1\n2\n0\n0"],
  ["while :; do :; done & kill $!; wait $!; echo $?", "143\n0"],
  [
    "mkdir -p d/e && cd d/e && pwd; echo x > f; mv f g; ln -s g l; cat l; rm g; ls",
    "/home/user/d/e\nx\nl\n0",
  ],
  [
    "printf '\\xff\\x00\\xfe' > b; od -An -tx1 b; gzip b; gunzip -c b.gz | od -An -tx1",
    " ff 00 fe\n ff 00 fe\n0",
  ],
  [
    "tar -czf t.tgz a.txt; rm a.txt; tar -xzf t.tgz; cat a.txt | sha256sum | cut -c1-8",
    "4a1e67f2\n0",
  ],
  ["grep -n o a.txt | sed 's/o/0/g' | awk -F: '{print $2, $1}'", "hell0 1\nw0rld 2\n0"],
  [
    'echo \'{"a":[1,2]}\' | jq -c .a; echo aGk= | base64 -d; find . -name "*.txt" | sort',
    "[1,2]\nhi./a.txt\n0",
  ],
  ["nothing-here; echo $?", "127\nbash: line 1: nothing-here: command not found\n0"],
  ["cat", "typed in0", "typed in"],
])("%s", async (script, said, input = "") => {
  expect(await run(script, input)).toBe(said);
});

test("a component cannot be started where there is no spawner", async () => {
  const files = { "home/user/prog": component };
  const cell = start(["bash", "-c", "./prog; echo $?"], { files });
  // Nobody answers on the connection.
  cell.rpc.sink.close();
  cell.rpc.source[Symbol.dispose]();
  const [out, errors] = await Promise.all([readText(cell.output), readText(cell.errors)]);
  expect(out).toBe("126\n");
  expect(errors).toBe(
    "bash: line 1: ./prog: programs cannot be started here, since no spawner was granted\n",
  );
});

test("a core module is refused in one sentence", async () => {
  const files = { "home/user/prog": Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0) };
  const cell = start(["bash", "-c", "./prog"], { files });
  expect(await readText(cell.errors)).toMatch(/is a core module/);
  expect(await cell.exited).toBe(126);
});

test("a builtin that is a program elsewhere is one here, too", async () => {
  const cell = start(["/bin/env", "-i", "A=1", "printf", "%s", "said"]);
  expect(await readText(cell.output)).toBe("said");
  expect(await cell.exited).toBe(0);
});

test("a tool is what the shell is called", async () => {
  const cell = start(["/bin/head", "-n1", "/home/user/a.txt"]);
  expect(await readText(cell.output)).toBe("hello\n");
});

test("a script comes from standard input, and its commands read what follows", async () => {
  const cell = start(["bash"]);
  await cell.stdin.write(encodeText("read x\nvalue\necho got $x\nif true\nthen echo yes\nfi\n"));
  cell.stdin.close();
  expect(await readText(cell.output)).toBe("got value\nyes\n");
});
