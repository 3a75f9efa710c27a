import { chmod, mkdir, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeFolder } from "../folder.testing.ts";
import { chooseRuntimeFolder, describeFlaw, makeRuntimeFolder } from "./runtime-folder.ts";

test("chooseRuntimeFolder() is in the user's runtime folder, if that is private", async () => {
  await using runtime = await makeFolder({ file: "" });
  const own = join(tmpdir(), `ww-${process.getuid?.()}`);
  expect(await chooseRuntimeFolder(runtime.path)).toBe(join(runtime.path, "ww"));
  await chmod(runtime.path, 0o755);
  for (const path of [runtime.path, join(runtime.path, "file"), "/nowhere", "relative", undefined])
    expect(await chooseRuntimeFolder(path ?? "")).toBe(own);
});

test("makeRuntimeFolder() makes a folder that its owner alone can enter, and takes it again", async () => {
  await using base = await makeFolder({});
  const folder = join(base.path, "ww");
  await makeRuntimeFolder(folder);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  await makeRuntimeFolder(folder);
});

test("makeRuntimeFolder() takes nothing that another user may enter or has made", async () => {
  await using base = await makeFolder({ file: "" });
  const at = (name: string): string => join(base.path, name);
  await mkdir(at("open"));
  await chmod(at("open"), 0o750);
  await mkdir(at("own"), { mode: 0o700 });
  await symlink("own", at("link"));
  for (const [path, why] of [
    [at("open"), "other users may enter it"],
    [at("file"), "it is not a folder"],
    [at("link"), "it is not a folder"],
  ] as const) {
    await expect(makeRuntimeFolder(path)).rejects.toThrow(
      `Cannot use the folder "${path}": ${why}`,
    );
  }
  await expect(makeRuntimeFolder(at("none/ww"))).rejects.toThrow("Cannot make the folder");
});

test.skipIf(process.getuid?.() !== 0)(
  "describeFlaw() tells a folder of another user's",
  async () => {
    await using base = await makeFolder({});
    const { chown } = await import("node:fs/promises");
    await chown(base.path, 1, 1);
    expect(await describeFlaw(base.path)).toBe("it belongs to another user");
  },
);
