/** What a command gives to an image. */
import { readdirSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "playwright/test";
import { image, start } from "./ww.ts";
import { test } from "./ww-test.ts";

test("ww run gives an image what --grant and --policy designate, and no more", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ww-grants-"));
  try {
    await mkdir(join(folder, "notes"));
    await writeFile(join(folder, "notes/one.txt"), "first line\nsecond");
    const ran = await start([
      "run",
      image("notes"),
      "--grant",
      `notes=folder:${folder}/notes`,
      "--grant",
      "now=clock",
    ]).result;
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.out).toContain("one.txt (17 bytes): first line");
    expect(ran.out).toMatch(
      /Wrote nothing, .*: .*Cannot call Folder.write of Folder "notes": the grant does not include it/,
    );
    expect(readdirSync(join(folder, "notes"))).toEqual(["one.txt"]);

    const account = join(folder, "account.jsonl");
    const told = await start(["run", image("notes"), "--account", account]).result;
    expect(told.code).toBe(2);
    const lines = (await readFile(account, "utf8")).trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { event: string }).event)).toContain("granted");

    const policy = join(folder, "policy.json");
    await writeFile(policy, '{ "grants": { "notes": { "folder": "notes", "only": ["list"] } } }');
    const narrowed = await start(["run", image("notes"), "--policy", policy]).result;
    expect(narrowed.code).toBe(1);
    expect(narrowed.err).toMatch(
      /Cannot call Folder.read of Folder "notes": the grant does not include it/,
    );

    await writeFile(policy, '{ "grants": {\n"notes": { "folders": "notes" } } }');
    const wrong = await start(["run", image("notes"), "--policy", policy]).result;
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain('line 2: "grants.notes.folders" is unknown');

    const refused = await start(["run", image("notes"), "--grant", "nots=clock"]).result;
    expect(refused.err).toContain('ww: nothing asked for the grant "nots"');
    expect(refused).toMatchObject({ code: 2, out: "Nobody has given me any notes\n" });
    expect(refused.err).toMatch(/asked for "notes" \(folder\) and got nothing/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
