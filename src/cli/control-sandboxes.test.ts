import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { controlSandboxes, findAction, refuseMistakenAction } from "./control-sandboxes.ts";

const { signal } = new AbortController();
const run = (...args: readonly string[]): Promise<number> =>
  controlSandboxes(args, { stdout: process.stdout, signal });

test("findAction() finds an action where an image would be, and nowhere else", () => {
  expect(findAction(["fork", "mine"])).toBe("fork");
  expect(findAction(["./fork"])).toBeUndefined();
  expect(findAction(["--cells", "fork"])).toBeUndefined();
  expect(findAction([])).toBeUndefined();
});

test("refuseMistakenAction() refuses what is nearly an action, or comes too late, and is no file", () => {
  expect(() => refuseMistakenAction("snapshto")).toThrow("did you mean snapshot?");
  expect(() => refuseMistakenAction("list")).toThrow('Write "list" before its options');
  for (const image of [undefined, "./fork", "my-image", "package.json", "/ipfs/bafy"]) {
    expect(() => refuseMistakenAction(image)).not.toThrow();
  }
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

test("controlSandboxes() says that what answers is no node, and takes the key nowhere else", async () => {
  const asked: (string | undefined)[] = [];
  const server = createServer(({ url, headers }, response) => {
    asked.push(url);
    if (headers["x-api-key"] === undefined) response.writeHead(401).end();
    else if (url === "/page/v2/sandboxes") response.end("<!doctype html>");
    else response.writeHead(307, { location: "/elsewhere" }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = await mkdtemp(join(tmpdir(), "ww-key-"));
  const key = join(folder, "key");
  try {
    await writeFile(key, `e2b_${"0".repeat(40)}\n`);
    await expect(run("list", "--api-key", key, "--url", `${url}/page`)).rejects.toThrow(
      `Cannot read the answer of "${url}/page": it is not a node with sandboxes`,
    );
    await expect(run("end", "mine", "--api-key", key, "--url", url)).rejects.toThrow(
      `The node at "${url}" refuses: the answer was 307`,
    );
    expect(asked).toEqual(["/page/v2/sandboxes", "/sandboxes/mine"]);
  } finally {
    await rm(folder, { recursive: true });
    server.close();
  }
});
