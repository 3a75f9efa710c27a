/** Much at once in one sandbox of real cells: nothing is lost, doubled or refused. */
import { Sandbox } from "e2b";
import { expect, test } from "playwright/test";
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
