import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { build } from "vite";
import type { Rolldown } from "vite";
import { workerAddress } from "./worker-address.ts";

const FILES = {
  "page.ts": `import address from "./some.worker.ts?worker-address";
    import { text } from "./both.ts"; export const page = [address, text];`,
  "some.worker.ts": `import { text } from "./both.ts"; postMessage(text);`,
  "both.ts": `export const text = "what both have " + Math.random();`,
};

async function buildPage(): Promise<readonly Rolldown.OutputChunk[]> {
  const root = await mkdtemp(join(tmpdir(), "ww-worker-"));
  try {
    for (const [name, content] of Object.entries(FILES)) await writeFile(join(root, name), content);
    const built = await build({
      root,
      configFile: false,
      logLevel: "silent",
      plugins: [workerAddress()],
      build: { write: false, lib: { entry: join(root, "page.ts"), formats: ["es"] } },
    });
    const [result] = Array.isArray(built) ? built : [];
    return (result?.output ?? []).flatMap((each) => (each.type === "chunk" ? [each] : []));
  } finally {
    await rm(root, { recursive: true });
  }
}

test("workerAddress() builds the worker with the page, and once what both have", async () => {
  const chunks = await buildPage();
  const having = (text: string): Rolldown.OutputChunk[] =>
    chunks.filter(({ code }) => code.includes(text));
  const [shared, ...others] = having("what both have");
  expect(others).toEqual([]);
  const [worker] = having("postMessage");
  expect(worker?.imports).toEqual([shared?.fileName]);
  const [page] = having(`/${worker?.fileName ?? "nothing"}`);
  expect(page?.imports).toEqual([shared?.fileName]);
});
