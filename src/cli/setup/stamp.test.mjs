/** Stamps change exactly when one of their inputs does. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { hashPaths } from "./stamp.mjs";

test("hashPaths() follows names, contents and what comes and goes, in folders too", async () => {
  const root = await mkdtemp(join(tmpdir(), "ww-stamp-"));
  onTestFinished(() => rm(root, { recursive: true }));
  const stamps = [];
  const take = async () => stamps.push(await hashPaths(root, ["file", "folder", "missing"]));
  await mkdir(join(root, "folder/inner"), { recursive: true });
  await take();
  await writeFile(join(root, "file"), "one");
  await take();
  await writeFile(join(root, "file"), "two");
  await take();
  await writeFile(join(root, "folder/inner/new"), "");
  await take();
  await writeFile(join(root, "missing"), "");
  await take();
  expect(new Set(stamps).size).toBe(stamps.length);

  await writeFile(join(root, "folder/.hidden"), "no source");
  expect(await hashPaths(root, ["file", "folder", "missing"])).toBe(stamps.at(-1));
  expect(await hashPaths(root, ["file", "folder", "missing"], "other")).not.toBe(stamps.at(-1));
});
