/** Much at once in one sandbox of real cells: nothing is lost, doubled or refused, and nothing stays of who has left. */
import { request } from "node:http";
import { Sandbox } from "e2b";
import { expect, test } from "playwright/test";
import { BOUNDS } from "#agent";
import { start } from "./ww.ts";

test("a thousand files at once, and every change of ten thousand", async () => {
  test.setTimeout(240_000);
  const ww = start(["sandbox", "--agent-port", "0"]);
  try {
    await ww.printed("sandbox\n");
    const [sandboxUrl = ""] = ww.out.split(" ");
    const sandbox = await Sandbox.create({ debug: true, sandboxUrl });
    const names = Array.from({ length: 1000 }, (_, at) => `/many/${at % 10}/${at}`);
    await Promise.all(names.map((name) => sandbox.files.write(name, name)));
    const listed = await sandbox.files.list("/many", { depth: 2 });
    const written = listed.map(({ path }) => path).filter((path) => /\d\/\d/.test(path));
    expect(written.toSorted()).toEqual(names.toSorted());

    const seen = new Map<string, number>();
    const watcher = await sandbox.files.watchDir(
      "/many",
      ({ type, name }) => {
        const text = `${type} ${name}`;
        seen.set(text, (seen.get(text) ?? 0) + 1);
      },
      { recursive: true, timeoutMs: 0 },
    );
    await sandbox.commands.run(
      "mkdir /many/new; for i in $(seq 5000); do echo $i > /many/new/$i; done; rm /many/new/5000",
      { timeoutMs: 0 },
    );
    await expect.poll(() => seen.has("remove new/5000"), { timeout: 60_000 }).toBe(true);
    await watcher.stop();
    const told = (type: string): number[] =>
      [...seen].filter(([text]) => text.startsWith(`${type} `)).map(([, times]) => times);
    expect(told("create")).toEqual(Array.from({ length: 5001 }, () => 1));
    expect(told("write").length).toBe(5000);
    expect(told("remove")).toEqual([1]);
  } finally {
    ww.stop("SIGTERM");
    await ww.result;
  }
});

test("clients that leave in the middle leave nothing behind", async () => {
  test.setTimeout(240_000);
  const ww = start(["sandbox", "--agent-port", "0"]);
  try {
    await ww.printed("sandbox\n");
    const [sandboxUrl = ""] = ww.out.split(" ");
    const sandbox = await Sandbox.create({ debug: true, sandboxUrl });
    const diskUsed = async (): Promise<unknown> => {
      const metrics = await (await fetch(`${sandboxUrl}/metrics`)).json();
      return (metrics as Record<string, unknown>)["disk_used"];
    };

    const before = await diskUsed();
    const headers = { "content-type": "application/octet-stream" };
    const half = request(`${sandboxUrl}/files?path=/half`, { method: "POST", headers });
    half.on("error", () => undefined); // it is destroyed
    half.write(Buffer.alloc(4_000_000, 1));
    await expect.poll(diskUsed).not.toBe(before);
    half.destroy();
    await expect.poll(diskUsed).toBe(before);
    expect(await sandbox.files.exists("/half")).toBe(false);

    // As many as there may be, twice: each that stayed would be one too many.
    for (let round = 0; round < 2; round++) {
      await openAndLeave(BOUNDS.watchers, `${sandboxUrl}/filesystem.Filesystem/WatchDir`, {
        path: "/",
      });
    }
    const handle = await sandbox.commands.run("sleep 600", { background: true, timeoutMs: 0 });
    for (let round = 0; round < 2; round++) {
      await openAndLeave(BOUNDS.clients - 1, `${sandboxUrl}/process.Process/Connect`, {
        process: { pid: handle.pid },
      });
    }
    expect(await handle.kill()).toBe(true);
  } finally {
    ww.stop("SIGTERM");
    await ww.result;
  }
});

/** Opens so many streams, each until its first message, and leaves all at once. */
async function openAndLeave(count: number, url: string, message: object): Promise<void> {
  const leaving = new AbortController();
  const text = Buffer.from(JSON.stringify(message));
  const head = Buffer.alloc(5);
  head.writeUInt32BE(text.length, 1);
  const init = {
    method: "POST",
    headers: { "content-type": "application/connect+json" },
    body: Buffer.concat([head, text]),
    signal: leaving.signal,
  };
  const first = async (): Promise<string> => {
    const response = await fetch(url, init);
    const { value } = (await response.body?.getReader().read()) ?? {};
    return Buffer.from(value ?? []).toString();
  };
  // That one has left is noticed a moment later: there is room again then.
  const streams = Array.from({ length: count }, () => expect.poll(first).toContain('"start"'));
  await Promise.all(streams);
  leaving.abort();
}
