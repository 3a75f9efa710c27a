import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { controlSandboxes, findAction } from "./control-sandboxes.ts";

const { signal } = new AbortController();
const run = (...args: readonly string[]): Promise<number> =>
  controlSandboxes(args, { stdout: process.stdout, signal });

test("findAction() finds an action where an image would be, and nowhere else", () => {
  expect(findAction(["fork", "mine"])).toBe("fork");
  expect(findAction(["./fork"])).toBeUndefined();
  expect(findAction(["--cells", "fork"])).toBeUndefined();
  expect(findAction([])).toBeUndefined();
});

test.each([
  [["snapshot"], "ww sandbox snapshot takes one name"],
  [["list", "mine"], "ww sandbox list takes no name"],
  [["fork", "mine", "--save", "x"], "--save is for ww sandbox snapshot"],
  [["end", "mine", "--timeout", "1"], "--timeout is for ww sandbox fork and ww sandbox restore"],
  [["fork", "mine", "--timeout", "0"], "--timeout is a number of seconds up to 86400"],
  [["fork", "mine", "--url", "mine"], 'Not the address of a node: "mine"'],
  [["fork", "mine"], "Name the file of the node's key: --api-key <file>"],
])("controlSandboxes() says what is wrong with %j", async (args, sentence) => {
  await expect(run(...args)).rejects.toThrow(sentence);
});

test("controlSandboxes() says that there is no key, and no node", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ww-key-"));
  const key = join(folder, "key");
  try {
    await expect(run("list", "--api-key", key)).rejects.toThrow("the node makes that file");
    await writeFile(key, `e2b_${"0".repeat(40)}\n`);
    await expect(run("list", "--api-key", key, "--url", "http://127.0.0.1:9/")).rejects.toThrow(
      'Cannot reach "http://127.0.0.1:9": no node answers there; start one with ww sandbox',
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
