/** The shell in a real cell, in both ways to wait. */
import { decodeText, encodeText, readAll, type FileTree } from "#base";
import { createCompiler, startCell } from "#cell";
import { expect, test } from "vitest";
import script from "../../src/workers/cell.worker.ts?script";

const file = encodeText("hello\nworld\n");

const tree: FileTree = {
  entries: new Map([
    ["", { type: "directory" }],
    ["home", { type: "directory" }],
    ["home/a.txt", { type: "file", sizeBytes: file.length }],
  ]),
  read: async (_path, offset, lengthBytes) => file.slice(offset, offset + lengthBytes),
};

async function openBash(mode: "jspi" | "shared-memory", command: string) {
  const image = await fetch("/images/bash/bin/bash");
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const component = await createCompiler().compile(new Uint8Array(await image.arrayBuffer()));
  const env = [
    ["PWD", "/home"],
    ["PATH", "/bin"],
  ] as const;
  return startCell(
    { name: "bash", component, args: ["-l", "-c", command], env, tree, writable: true },
    {
      mode,
      monotonicMs: () => performance.now(),
      spawn: () => new Worker(address, { type: "module" }),
    },
  );
}

test.for(["jspi", "shared-memory"] as const)(
  "bash says things as it goes in a worker that waits by %s",
  async (mode) => {
    await using cell = await openBash(mode, "echo first; read x; echo $x | tr a-z A-Z; exit 3");
    expect(decodeText((await cell.stdout.read(100)) ?? new Uint8Array(0))).toBe("first\n");
    await cell.stdin.write(encodeText("typed\n"));
    expect(decodeText(await readAll(cell.stdout, 1000))).toBe("TYPED\n");
    expect(decodeText(await readAll(cell.stderr, 1000))).toBe("");
    expect(await cell.exited).toEqual({ type: "exited", code: 3 });
  },
);

test.for(["jspi", "shared-memory"] as const)(
  "bash has its files, pipes and jobs in a worker that waits by %s",
  async (mode) => {
    const command =
      "(sleep 0.01; echo job) & grep -c o a.txt; cat a.txt > b; sort -r b | head -n 1; yes | head -n 1; wait";
    await using cell = await openBash(mode, command);
    expect(decodeText(await readAll(cell.stdout, 1000))).toMatch(
      /^(?=[^]*job)[^]*2\n[^]*world\n[^]*y\n/,
    );
    expect(decodeText(await readAll(cell.stderr, 1000))).toBe("");
    expect(await cell.exited).toEqual({ type: "exited", code: 0 });
  },
);
