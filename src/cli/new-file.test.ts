import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openNewFile, refuseExisting } from "./new-file.ts";

test("openNewFile() gives the name to what is whole, and to nothing else", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ww-"));
  const path = join(folder, "file");
  await writeFile(path, "before");
  {
    await using file = await openNewFile(path);
    file.stream.write("half");
  }
  expect(await readFile(path, "utf8")).toBe("before");
  {
    await using file = await openNewFile(path);
    file.stream.write("whole");
    await file.keep();
  }
  expect(await readFile(path, "utf8")).toBe("whole");
  expect(await readdir(folder)).toEqual(["file"]);
  await expect(openNewFile(join(folder, "none/file"))).rejects.toThrow(
    /^Cannot write ".*none\/file": its folder does not exist$/,
  );
  await rm(folder, { recursive: true });
});

test("refuseExisting() refuses what is there, whatever it is", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ww-"));
  const path = join(folder, "file");
  await expect(refuseExisting(path)).resolves.toBeUndefined();
  await writeFile(path, "before");
  for (const there of [path, folder]) {
    await expect(refuseExisting(there)).rejects.toThrow(
      `Cannot write "${there}": it exists; replace it with --force`,
    );
  }
  await rm(folder, { recursive: true });
});
