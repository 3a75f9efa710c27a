import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { build } from "vite";
import type { Rolldown } from "vite";
import { scriptText } from "./script-text.ts";

/** The text of `main.ts` among these files, as in a built page. */
async function textOf(files: Readonly<Record<string, string>>): Promise<string> {
  const [chunk] = await buildWith(files, "?script");
  if (chunk?.type !== "chunk") throw new Error("Nothing was built");
  return String((await run(chunk.code))["text"]);
}

/** Builds a page that imports `main.ts` among these files with the suffix. */
async function buildWith(
  files: Readonly<Record<string, string>>,
  suffix: string,
): Promise<readonly (Rolldown.OutputChunk | Rolldown.OutputAsset)[]> {
  const root = await mkdtemp(join(tmpdir(), "ww-script-"));
  try {
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(root, name), content);
    }
    const page = `import text from "./main.ts${suffix}"; export { text };`;
    await writeFile(join(root, "page.ts"), page);
    const built = await build({
      root,
      configFile: false,
      logLevel: "silent",
      plugins: [scriptText()],
      build: { write: false, lib: { entry: join(root, "page.ts"), formats: ["es"] } },
    });
    const [result] = Array.isArray(built) ? built : [];
    return result?.output ?? [];
  } finally {
    await rm(root, { recursive: true });
  }
}

/** The exports of a module with this text. */
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

test("scriptText() puts the script into a file of its own where its address is wanted", async () => {
  const output = await buildWith(
    { "main.ts": `export const greeting = "hello";` },
    "?script-address",
  );
  const file = output.find(({ type }) => type === "asset");
  expect(file?.fileName).toBe("main.js");
  if (file?.type !== "asset") throw new Error("There is no file");
  // The browser looks for it only in the first line.
  expect(String(file.source)).toMatch(/^\/\/# allFunctionsCalledOnLoad\n/);
  expect(await run(`${String(file.source)}\nexport { script };`)).toMatchObject({
    script: { greeting: "hello" },
  });
  const [page] = output;
  expect(page?.type === "chunk" && page.code).toContain(`/${file.fileName}`);
});
