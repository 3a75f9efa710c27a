import { expect, test } from "vitest";
import { checkGlue } from "./check-component.ts";
import { command, ECHO, STREAM_IMPORTS } from "./guests.testing.ts";
import { lightenGlue } from "./lighten-glue.ts";
import { transpileComponent } from "./transpile.ts";

test.each(["jspi", "shared-memory"] as const)(
  "lightenGlue() leaves less than two thirds of what jco makes for %s, and what is checked of it",
  async (mode) => {
    const { glue, imports } = await transpileComponent(await command(ECHO, STREAM_IMPORTS), mode);
    const light = lightenGlue(glue);
    expect(light.length).toBeLessThan((glue.length * 2) / 3);
    expect(light).not.toMatch(/_debugLog\(|manuallyAsync \?/);
    expect(light.match(/new WebAssembly\.Suspending/g)?.length ?? 0).toBe(
      glue.match(/^ *_trampoline\d+\.manuallyAsync = true;$/gm)?.length ?? 0,
    );
    checkGlue(light, imports);
    const file = `data:text/javascript,${encodeURIComponent(light)}`;
    const module = (await import(/* @vite-ignore */ file)) as Record<string, unknown>;
    expect(module["instantiate"]).toBeTypeOf("function");
  },
);

test.each([
  ["strings", `const a = "_debugLog(1) // no";\n  const b = '\\'_debugLog(';`],
  ["templates", "const a = `_debugLog(${'}'}) /* no */\n   two`;"],
  ["nested templates", "const a = `${`_debugLog(`}\n   ${'`'}`;"],
])("lightenGlue() leaves %s as they are", (_, text) => {
  expect(lightenGlue(`  ${text}`)).toBe(text.replace(/;\n +const/, ";\nconst").replace(/^/, "  "));
});

test("lightenGlue() takes out comments, indentation and messages, and nothing that is run", () => {
  const glue = `a();\n\n    // b(")\n  /* c(' */ _debugLog('x(', { y: [1] }); d(")");\n`;
  expect(lightenGlue(glue)).toBe(`a();\n\n 0; d(")");\n`);
});

test.each([
  ["an open string", `a("`],
  ["an open comment", "/* a"],
  ["open brackets", "_debugLog((1)"],
])("lightenGlue() leaves glue with %s alone", (_, glue) => {
  expect(lightenGlue(glue)).toBe(glue);
});
