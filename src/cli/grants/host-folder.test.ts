import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { decodeText, encodeText } from "#base";
import type { FolderDevice } from "#caps";
import { openHostFolder } from "./host-folder.ts";

let folder: string;
let device: FolderDevice;
const OPTIONS = {};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ww-folder-"));
  await mkdir(join(folder, "root/sub"), { recursive: true });
  await writeFile(join(folder, "outside"), "secret");
  await writeFile(join(folder, "root/a"), "hello");
  device = await openHostFolder(join(folder, "root"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("openHostFolder()", () => {
  test("reads, writes, truncates, makes and removes", async () => {
    expect(await device.list([], OPTIONS)).toMatchObject([
      { type: "file", name: "a", sizeBytes: 5 },
      { type: "folder", name: "sub" },
    ]);
    expect(decodeText(await device.read(["a"], 1, 3, OPTIONS))).toBe("ell");
    expect(await device.read(["a"], 9, 3, OPTIONS)).toEqual(new Uint8Array(0));
    await device.write(["sub", "b"], 2, encodeText("x"), OPTIONS);
    expect(await readFile(join(folder, "root/sub/b"))).toEqual(Buffer.from([0, 0, 120]));
    await device.truncate(["sub", "b"], 1, OPTIONS);
    expect(await device.stat(["sub", "b"], OPTIONS)).toMatchObject({ sizeBytes: 1 });
    await device.makeFolder(["sub", "c"], OPTIONS);
    await expect(device.remove(["sub"], OPTIONS)).rejects.toThrow(/"sub": it is not empty$/);
    await device.remove(["sub", "c"], OPTIONS);
    await device.remove(["sub", "b"], OPTIONS);
    await device.remove(["sub"], OPTIONS);
    await expect(device.list(["sub"], OPTIONS)).rejects.toThrow(
      'Cannot use "sub": it does not exist',
    );
  });

  test("follows no link out of the folder, and tells no path of the computer", async () => {
    await symlink(join(folder, "outside"), join(folder, "root/link"));
    await symlink(folder, join(folder, "root/up"));
    await symlink("sub", join(folder, "root/inside"));
    for (const names of [["link"], ["up", "outside"], ["up", "root", "..", "outside"]]) {
      const calls = await Promise.allSettled([
        device.read(names, 0, 10, OPTIONS),
        device.write(names, 0, encodeText("x"), OPTIONS),
        device.truncate(names, 0, OPTIONS),
      ]);
      for (const call of calls) {
        const error: unknown = call.status === "rejected" ? call.reason : undefined;
        expect(error).toMatchObject({ kind: "failed" });
        expect(String(error)).not.toContain(folder);
      }
    }
    await expect(device.list(["up"], OPTIONS)).rejects.toThrow("it is not a folder");
    expect((await device.list([], OPTIONS)).map(({ name }) => name)).toEqual(["a", "sub"]);
    expect(await readFile(join(folder, "outside"), "utf8")).toBe("secret");
    // A symlink within the folder is followed on the way.
    await device.write(["inside", "b"], 0, encodeText("x"), OPTIONS);
    expect(await readFile(join(folder, "root/sub/b"), "utf8")).toBe("x");
  });

  test.runIf(process.platform === "linux")(
    "a program that swaps a folder for a link meanwhile leads nothing out of it",
    async () => {
      const outside = join(folder, "elsewhere");
      await mkdir(outside);
      await writeFile(join(outside, "b"), "secret");
      await mkdir(join(folder, "root/swapped"));
      await writeFile(join(folder, "root/swapped/b"), "inside");
      // The swapper works as fast as it can, and reports once it has begun.
      const script = `
        cd "$1"; echo begun
        while :; do
          mv root/swapped aside; ln -s "$2" root/swapped
          rm root/swapped; mv aside root/swapped
        done`;
      const swapping = spawn("sh", ["-c", script, "sh", folder, outside]);
      try {
        await once(swapping.stdout, "data");
        const seen = new Set<string>();
        for (let round = 0; round < 400; round++) {
          const name = `n${round}`;
          const calls = await Promise.allSettled([
            device
              .read(["swapped", "b"], 0, 10, OPTIONS)
              .then((bytes) => seen.add(decodeText(bytes))),
            device.list(["swapped"], OPTIONS).then((items) => seen.add(String(items.length > 0))),
            device.stat(["swapped", "b"], OPTIONS),
            device.write(["swapped", `${name}.file`], 0, new Uint8Array(0), OPTIONS),
            device.makeFolder(["swapped", `${name}.folder`], OPTIONS),
          ]);
          if (calls.some(({ status }) => status === "rejected")) seen.add("rejected");
        }
        // Both states occurred, and nothing was read from or written to the outside.
        expect(seen).toContain("rejected");
        expect(seen).toContain("inside");
        expect(seen).not.toContain("secret");
        expect(await readdir(outside)).toEqual(["b"]);
      } finally {
        swapping.kill("SIGKILL");
        await once(swapping, "exit");
      }
    },
    60_000,
  );

  test("does not wait for a pipe or a folder as if it were a file", async () => {
    execFileSync("mkfifo", [join(folder, "root/pipe")]);
    await expect(device.read(["pipe"], 0, 1, OPTIONS)).rejects.toThrow("it is not a file");
    await expect(device.read(["sub"], 0, 1, OPTIONS)).rejects.toMatchObject({ kind: "failed" });
  });

  test("says that there is no folder", async () => {
    await expect(openHostFolder(join(folder, "outside"))).rejects.toThrow("there is no folder");
    await expect(openHostFolder(join(folder, "none"))).rejects.toThrow("there is no folder");
  });
});
