/** The SDK that programs for sandboxes are written with, against `ww sandbox`: real cells in a headless browser. */
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Sandbox } from "e2b";
import { expect } from "playwright/test";
import { WebSocket } from "ws";
import type { ProgramDoor } from "../src/boot/program-door.ts";
import { nameOf, processesBelow } from "./processes.ts";
import { driveAll, test } from "./sandbox-test.ts";
import { image, start } from "./ww.ts";

test("the SDK makes sandboxes, keeps and forks them, and goes on after a pause", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ww-key-"));
  const keyFile = join(folder, "key");
  const own = join(folder, "My_notes");
  await mkdir(own);
  await writeFile(join(own, "at.txt"), "mine");
  const command = start(["sandbox", own, "--agent-port", "0", "--api-key", keyFile]);
  try {
    await command.printed("my-notes  /ipfs/baf");
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
    const [given, another] = await Promise.all([
      Sandbox.connect("my-notes", { debug: true, sandboxUrl: url }),
      Sandbox.create("my-notes", options),
    ]);
    await given.files.remove("/at.txt");
    expect(await another.files.read("/at.txt")).toBe("mine");
    for (const each of [again, kept, fork, another]) expect(await each.kill()).toBe(true);
    await expect(Sandbox.create("no-such-image", options)).rejects.toThrow(
      'No template "no-such-image": it is "base", the name',
    );
  } finally {
    command.stop("SIGTERM");
    await command.result;
    await rm(folder, { recursive: true });
  }
});

test("ww keeps a sandbox that runs, forks it, and restores it here and elsewhere", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ww-key-"));
  const keyFile = join(folder, "key");
  const car = join(folder, "kept.car");
  const command = start(["sandbox", "--agent-port", "0", "--api-key", keyFile]);
  try {
    await command.printed("sandbox\n");
    expect(command.err).toContain(`made the API key in "${keyFile}"`);
    const [url = ""] = command.out.split(" ");
    const ww = async (...args: readonly string[]): Promise<string> => {
      const own = ["--api-key", keyFile, "--url", url];
      const { code, out, err } = await start(["sandbox", ...args, ...own]).result;
      expect({ code, err }).toEqual({ code: 0, err: "" });
      return out.trim();
    };
    const apiKey = (await readFile(keyFile, "utf8")).trim();
    const options = { apiUrl: url, sandboxUrl: url, apiKey, retries: 0 };
    const read = async (line: string): Promise<string> => {
      const [, id = ""] = line.split("  ");
      return (await Sandbox.connect(id, options)).files.read("at.txt");
    };
    const sandbox = await Sandbox.connect("sandbox", { debug: true, sandboxUrl: url });
    await sandbox.files.write("at.txt", "before");
    const snapshot = await ww("snapshot", "sandbox", "--save", car);
    expect(snapshot).toMatch(/^baf[a-z0-9]+$/);
    await sandbox.files.write("at.txt", "after");
    const fork = await ww("fork", "sandbox", "--timeout", "60");
    const restored = await ww("restore", snapshot);
    expect([await read(fork), await read(restored)]).toEqual(["after", "before"]);
    const listed = ["sandbox", ...[fork, restored].map((line) => line.split("  ")[1])];
    const lines = (await ww("list")).split("\n").map((line) => line.split("  "));
    expect(lines.map(([name, state]) => [name, state])).toEqual(
      listed.map((name) => [name, "running"]),
    );
    const ends = lines.map(([, , end]) => end);
    expect(ends[0]).toBe("until its node ends");
    for (const end of ends.slice(1)) {
      const leftMs = Date.parse((end ?? "").replace("until ", "")) - Date.now();
      expect(leftMs).toBeGreaterThan(0);
      expect(leftMs).toBeLessThan(3_600_000);
    }
    await ww("end", listed[1] ?? "");
    expect(await ww("list")).not.toContain(listed[1]);
    const again = await start(["sandbox", "snapshot", "other", "--api-key", keyFile, "--url", url])
      .result;
    expect(again).toMatchObject({
      code: 1,
      err: `ww: The node at "${url}" refuses: there is no sandbox "other"\n`,
    });
    const unknown = "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi";
    const ofEarlier = ["sandbox", "restore", unknown, "--api-key", keyFile, "--url", url];
    const refused = await start(ofEarlier).result;
    expect(refused.err).toContain(
      `This node has no image "${unknown}": a node keeps snapshots until`,
    );
    const elsewhere = start(["sandbox", car, "--agent-port", "0"]);
    await elsewhere.printed(`kept  /ipfs/${snapshot}\n`);
    const [sandboxUrl = ""] = elsewhere.out.split(" ");
    const moved = await Sandbox.create({ debug: true, sandboxUrl });
    expect(await moved.files.read("at.txt")).toBe("before");
    elsewhere.stop("SIGTERM");
    await elsewhere.result;
  } finally {
    command.stop("SIGTERM");
    await command.result;
    await rm(folder, { recursive: true });
  }
});

test("the SDK drives a sandbox of a tab by the port of ww up, until the tab is closed", async ({
  browser,
}) => {
  const folder = await mkdtemp(join(tmpdir(), "ww-key-"));
  const keyFile = join(folder, "key");
  const command = start([
    "up",
    "--port",
    "0",
    "--image",
    image("bash"),
    "--image",
    image("web"),
    "--sandboxes",
    "--agent-port",
    "0",
    "--api-key",
    keyFile,
  ]);
  try {
    await command.printed("for SDKs\n");
    const [path = "", link = "", sandboxUrl = ""] = command.out
      .split("\n")
      .map((line) => line.split(" ")[0] ?? "");
    const [url = "", other = ""] = link.split("#");
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
    await expect(sandbox.isRunning()).rejects.toThrow('by its name: "mine", "mine-2"');
    const inPage = await Sandbox.connect("mine", { debug: true, sandboxUrl: `${url}sandbox/mine` });
    for (const asked of [inPage.files.write("a.txt", ""), inPage.commands.run("true")]) {
      await expect(asked).rejects.toThrow("other programs reach it by its nodeName");
    }
    await page.evaluate(() => {
      const { opened } = globalThis as unknown as { readonly opened: readonly Disposable[] };
      opened[1]?.[Symbol.dispose]();
    });
    // It rejects until the node has heard of the other's end.
    await expect.poll(() => sandbox.isRunning().catch(() => false)).toBe(true);
    expect((await sandbox.commands.run("echo from a tab")).stdout).toBe("from a tab\n");
    await page.close();
    await expect.poll(() => sandbox.isRunning()).toBe(false);
    // What the node serves are templates.
    const apiKey = (await readFile(keyFile, "utf8")).trim();
    const made = await Sandbox.create(other, {
      apiUrl: sandboxUrl,
      sandboxUrl,
      apiKey,
    });
    expect(await made.files.exists("/bin/main.wasm")).toBe(true);
  } finally {
    command.stop("SIGTERM");
    await command.result;
    await rm(folder, { recursive: true });
  }
});

/** As a browser asks, whose resolver knows that names below `localhost` are this computer. */
function ask(
  url: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ readonly status: number | undefined; readonly text: string }> {
  const { hostname, port, host } = new URL(url);
  const address = { host: "127.0.0.1", port, path, headers: { host, ...headers } };
  return new Promise((resolve, reject) => {
    request(address, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      response.on("end", () => resolve({ status: response.statusCode, text }));
    })
      .on("error", (error) => reject(new Error(`${hostname} does not answer`, { cause: error })))
      .end();
  });
}

test("a process serves a port of its sandbox, at an origin of its own, while it runs", async ({
  sandbox,
  url,
}) => {
  test.skip(!existsSync(image("http-c")), "it is not built, there is no C compiler");
  const { port } = new URL(url);
  const at = (number: number): string => `http://${number}-sandbox.localhost:${port}`;
  for (const name of ["http-c", "web"]) {
    const program = await readFile(join(image(name), "bin/main.wasm"));
    await sandbox.files.write(`/opt/${name}`, new Uint8Array(program).buffer);
  }
  expect(await ask(at(8000), "/")).toMatchObject({ status: 502 });
  const component = await sandbox.commands.run("serve 8000 -- /opt/http-c", { background: true });
  const process = await sandbox.commands.run("serve 8001 /opt/web", { background: true });
  await expect.poll(async () => (await ask(at(8000), "/hello")).status).toBe(200);
  await expect.poll(async () => (await ask(at(8001), "/no-such-page")).status).toBe(404);
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`, {
    headers: { host: `8001-sandbox.localhost:${port}` },
  });
  const heard = once(socket, "message");
  await once(socket, "open");
  socket.send("hello");
  expect(String((await heard)[0])).toBe("HELLO");
  socket.close();
  const taken = await sandbox.commands.run("serve 8000 /opt/web || echo $?");
  expect(taken.stdout).toBe("126\n");
  expect(taken.stderr).toContain("port 8000 is served by another process");
  const within =
    "curl -s localhost:8000/hello && curl -sd hello localhost:8001/no -w '%{http_code}'";
  expect((await sandbox.commands.run(within)).stdout).toMatch(/^Hello from C\n[^]*405$/);
  const ended = await sandbox.commands.run("serve 8002 -- ls / > /dev/null || echo $?");
  expect([ended.stdout, ended.stderr]).toEqual(["1\n", expect.stringContaining("has ended")]);
  // Pages of other sites, and of other ports, see nothing.
  for (const origin of ["http://other.example", at(8001)]) {
    expect(await ask(at(8000), "/hello", { origin })).toMatchObject({ status: 403 });
  }
  expect(await ask(at(8000), "/hello", { origin: at(8000) })).toMatchObject({ status: 200 });
  for (const each of [component, process]) expect(await each.kill()).toBe(true);
  await expect.poll(async () => (await ask(at(8000), "/hello")).status).toBe(502);
  await expect.poll(async () => (await ask(at(8001), "/")).status).toBe(502);
});

test("ww sandbox ends with a sentence when its browser does", async () => {
  const command = start(["sandbox", "--agent-port", "0"]);
  await command.printed("sandbox\n");
  const browsers = processesBelow(command.pid).filter((pid) => /chrom/.test(nameOf(pid)));
  expect(browsers.length).toBeGreaterThan(0);
  for (const pid of browsers) endProcess(pid);
  const { code, err } = await command.result;
  expect(code).toBe(1);
  expect(err).toContain("ww: Cannot go on: the browser of the sandboxes has ended");
});

/** It may have ended with another one. */
function endProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It is gone.
  }
}

driveAll();
