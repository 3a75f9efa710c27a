/** The SDK that programs for sandboxes are written with, against `ww sandbox`: real cells in a headless browser. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Sandbox } from "e2b";
import { expect, test as base } from "playwright/test";
import type { ProgramDoor } from "../src/boot/program-door.ts";
import { SDK_STEPS } from "../src/agent/sdk-drive.testing.ts";
import { image, start } from "./ww.ts";

const test = base.extend<object, { sandbox: Sandbox }>({
  sandbox: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of what it is to give
    async ({}, use) => {
      const command = start(["sandbox", "--agent-port", "0"]);
      await command.printed("sandbox\n");
      const [sandboxUrl = ""] = command.out.split(" ");
      await use(await Sandbox.create({ debug: true, sandboxUrl }));
      command.stop("SIGTERM");
      await command.result;
    },
    { scope: "worker", timeout: 60_000 },
  ],
});

test("the SDK makes sandboxes, keeps and forks them, and goes on after a pause", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ww-key-"));
  const keyFile = join(folder, "key");
  const command = start(["sandbox", "--agent-port", "0", "--api-key", keyFile]);
  try {
    await command.printed("sandbox\n");
    const [url = ""] = command.out.split(" ");
    const apiKey = (await readFile(keyFile, "utf8")).trim();
    const options = { apiUrl: url, sandboxUrl: url, apiKey, retries: 0 };
    const sandbox = await Sandbox.create("base", { ...options, envs: { WHO: "me" } });
    expect((await sandbox.commands.run("echo $WHO > at.txt; cat at.txt")).stdout).toBe("me\n");
    const { snapshotId } = await sandbox.createSnapshot();
    await sandbox.commands.run("rm /bin/jq; echo later > at.txt");
    const kept = await Sandbox.create(snapshotId, options);
    expect(await kept.files.read("at.txt")).toBe("me\n");
    const [fork] = await sandbox.fork();
    if (!(fork instanceof Sandbox)) throw fork;
    expect(await fork.files.read("at.txt")).toBe("later\n");
    // What was removed is not there again, though the shell's image has it.
    expect(await fork.files.exists("/bin/jq")).toBe(false);
    await fork.files.write("at.txt", "its own");
    expect(await sandbox.files.read("at.txt")).toBe("later\n");
    expect(await sandbox.pause()).toBe(true);
    expect(await sandbox.isRunning()).toBe(false);
    const again = await Sandbox.connect(sandbox.sandboxId, options);
    expect(await again.files.read("at.txt")).toBe("later\n");
    for (const each of [again, kept, fork]) expect(await each.kill()).toBe(true);
    await expect(Sandbox.create("no-such-image", options)).rejects.toThrow("Not a CID");
  } finally {
    command.stop("SIGTERM");
    await command.result;
    await rm(folder, { recursive: true });
  }
});

test("the SDK drives a sandbox of a tab by the port of ww up, until the tab is closed", async ({
  browser,
}) => {
  const command = start([
    "up",
    "--port",
    "0",
    "--image",
    image("bash"),
    "--sandboxes",
    "--agent-port",
    "0",
  ]);
  try {
    await command.printed("for SDKs\n");
    const [link = "", sandboxUrl = ""] = command.out
      .split("\n")
      .map((line) => line.split(" ")[0] ?? "");
    const [url = "", path = ""] = link.split("#");
    const page = await browser.newPage();
    await page.goto(url);
    const names = await page.evaluate(async (layer) => {
      const { ww } = globalThis as unknown as { readonly ww: ProgramDoor };
      const opened = [
        await ww.sandbox({ layers: [layer] }, "mine"),
        await ww.sandbox({ layers: [layer] }, "mine"),
      ];
      Object.assign(globalThis, { opened });
      return opened.map(({ nodeName }) => nodeName);
    }, path);
    expect(names).toEqual(["mine", "mine-2"]);
    const sandbox = await Sandbox.create({ debug: true, sandboxUrl });
    // One of two must be named.
    expect(await sandbox.isRunning()).toBe(false);
    await page.evaluate(() => {
      const { opened } = globalThis as unknown as { readonly opened: readonly Disposable[] };
      opened[1]?.[Symbol.dispose]();
    });
    await expect.poll(() => sandbox.isRunning()).toBe(true);
    expect((await sandbox.commands.run("echo from a tab")).stdout).toBe("from a tab\n");
    await page.close();
    await expect.poll(() => sandbox.isRunning()).toBe(false);
  } finally {
    command.stop("SIGTERM");
    await command.result;
  }
});

for (const [name, step] of Object.entries(SDK_STEPS)) {
  test(`the SDK ${name}`, ({ sandbox }) => step(sandbox, expect));
}
