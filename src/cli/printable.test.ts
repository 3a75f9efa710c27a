import { expect, test } from "vitest";
import { toPrintable } from "./printable.ts";

test("toPrintable() writes out what a terminal obeys, and leaves text as it is", () => {
  expect(toPrintable("Größe 漢字\n\tat x")).toBe("Größe 漢字\n\tat x");
  expect(toPrintable("\u001b]52;c;eA==\u0007\u009b2J\r\u007f\0")).toBe(
    "\\u001b]52;c;eA==\\u0007\\u009b2J\\u000d\\u007f\\u0000",
  );
  expect(toPrintable("a\u202egpj.exe")).toBe("a\\u202egpj.exe");
});
