import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openApiKey } from "./api-key.ts";

test("openApiKey() makes a key once, for its owner's eyes, and refuses what is none", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ww-key-"));
  try {
    const path = join(folder, "state/api.key");
    const { key, isNew } = await openApiKey(path);
    expect(key).toMatch(/^e2b_[0-9a-f]{40}$/);
    expect(isNew).toBe(true);
    expect(await openApiKey(path)).toEqual({ key, isNew: false });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, "utf8")).toBe(`${key}\n`);
    await writeFile(path, "secret");
    await expect(openApiKey(path)).rejects.toThrow("this file holds something else");
  } finally {
    await rm(folder, { recursive: true });
  }
});
