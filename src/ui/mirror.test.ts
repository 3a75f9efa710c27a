import { expect, test } from "vitest";
import { decodeText } from "#base";
import type { ByteSource } from "#base";
import { openMirror } from "./mirror.ts";

/** A screen that keeps all that is written. */
function createScreen(): {
  readonly write: (text: string) => void;
  readonly watchers: Set<(text: string) => void>;
  readonly source: ByteSource;
} {
  const watchers = new Set<(text: string) => void>();
  let shown = "before\n";
  const source = openMirror({
    snapshot: () => shown,
    watch(written) {
      watchers.add(written);
      return () => watchers.delete(written);
    },
  });
  return {
    watchers,
    source,
    write(text) {
      shown = (shown + text).slice(-1000);
      for (const watcher of watchers) watcher(text);
    },
  };
}

async function read(source: ByteSource): Promise<string> {
  return decodeText((await source.read(10_000_000)) ?? new Uint8Array(0));
}

test("openMirror() gives what is shown, then what is written", async () => {
  const { source, write } = createScreen();
  expect(await read(source)).toBe("\u001bcbefore\n");
  write("one");
  write("two");
  let text = "";
  while (!text.includes("two")) text += await read(source);
  expect(text).toBe("onetwo");
});

test("openMirror() holds 256 KiB for a reader that is behind, and shows it all anew later", async () => {
  const { source, write } = createScreen();
  await read(source);
  for (let at = 0; at < 2000; at++) write(`${"x".repeat(999)}\n`);
  write("the last line");
  let text = "";
  while (!text.endsWith("the last line")) text += await read(source);
  expect(text.length).toBeLessThan(256 * 1024 + 2000);
  expect(text).toContain("\u001bc");
  write(" and more");
  expect(await read(source)).toBe(" and more");
});

test("openMirror() stops watching once nobody reads", async () => {
  const { source, write, watchers } = createScreen();
  await read(source);
  expect(watchers.size).toBe(1);
  source[Symbol.dispose]();
  write("unseen");
  expect(watchers.size).toBe(0);
});
