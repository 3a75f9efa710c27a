/** The C program of `guests/hello-c` in a real worker, from bytes to exit status. */
import { readAll, decodeText, encodeText } from "#base";
import { expect, test } from "vitest";
import { createArtefacts } from "./artefacts.ts";
import { startCell } from "./start-cell.ts";
import { startTranspiler } from "./transpiler.ts";

const tree = { entries: new Map(), read: () => Promise.reject(new Error("no files")) };

test("startCell() runs hello-c with arguments and input", async () => {
  const component = new Uint8Array(
    await (await fetch("/images/hello-c/bin/main.wasm")).arrayBuffer(),
  );
  using transpiler = startTranspiler({
    spawn: () =>
      new Worker(new URL("../workers/transpile.worker.ts", import.meta.url), { type: "module" }),
  });
  const artefacts = createArtefacts({
    transpiler,
    store: { get: () => Promise.resolve(undefined), put: () => Promise.resolve() },
  });
  const artefact = await artefacts.get(component);
  await using cell = startCell(
    { name: "hello-c", artefact, args: ["a", "b"], env: [], tree },
    {
      spawn: () =>
        new Worker(new URL("../workers/cell.worker.ts", import.meta.url), { type: "module" }),
    },
  );
  await cell.stdin.write(encodeText("hi\n"));
  cell.stdin.close();
  expect(decodeText(await readAll(cell.stdout, 1000))).toBe("A B\nHI\n");
  expect(await cell.exited).toEqual({ type: "exited", code: 0 });
});
