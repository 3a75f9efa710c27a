import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { build } from "vite";
import { scriptText } from "./script-text.ts";

/** The text of `main.ts` among these files, as a page that is built has it. */
async function textOf(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "ww-script-"));
  try {
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(root, name), content);
    }
    await writeFile(join(root, "page.ts"), `import text from "./main.ts?script"; export { text };`);
    const built = await build({
      root,
      configFile: false,
      logLevel: "silent",
      plugins: [scriptText()],
      build: { write: false, lib: { entry: join(root, "page.ts"), formats: ["es"] } },
    });
    const [result] = Array.isArray(built) ? built : [];
    const [chunk] = result?.output ?? [];
    if (chunk?.type !== "chunk") throw new Error("Nothing was built");
    return String((await run(chunk.code))["text"]);
  } finally {
    await rm(root, { recursive: true });
  }
}

/** What a module of this text exports. */
async function run(text: string): Promise<Readonly<Record<string, unknown>>> {
  const address = `data:text/javascript,${encodeURIComponent(text)}`;
  return (await import(/* @vite-ignore */ address)) as Readonly<Record<string, unknown>>;
}

test("scriptText() gives a module with what it imports as one script, its exports in a variable", async () => {
  const text = await textOf({
    "main.ts": `import { greet } from "./greet.ts"; export const greeting: string = greet("you");`,
    "greet.ts": `export function greet(name: string): string { return \`Hello \${name} ✓ grün\`; }`,
  });
  expect(await run(`${text}\nexport { script };`)).toMatchObject({
    script: { greeting: "Hello you ✓ grün" },
  });
  expect(text).toMatch(/^[\0-\x7f]*$/);
});

test("scriptText() refuses a module that would import at run time, but for what nobody uses", async () => {
  const later = `export const later = () => import("./greet.ts"); export const now = 1;`;
  await expect(
    textOf({ "main.ts": later, "greet.ts": "export const greeting = 1;" }),
  ).rejects.toThrow(/would import at run time/);
  const text = await textOf({
    "main.ts": `import { now } from "./both.ts"; export const twice = now + now;`,
    "both.ts": later,
    "greet.ts": "export const greeting = 1;",
  });
  expect(text).not.toContain("import");
});
