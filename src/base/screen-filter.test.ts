import { describe, expect, test } from "vitest";
import { createScreenFilter } from "./screen-filter.ts";

const SIZE = { columns: 80, rows: 24 };
const ESC = "\u001b";

/** The output of the filter for these pieces, passed one after the other. */
function pass(...pieces: string[]): string {
  const filter = createScreenFilter(() => SIZE);
  return pieces.flatMap((piece) => [...filter.take(piece)].map(({ text }) => text)).join("");
}

/** Text in the smallest possible pieces. */
const letters = (text: string): string[] => Array.from(text);

describe("createScreenFilter() passes", () => {
  test.each([
    "plain text\r\n",
    "größe 漢字 😀 e\u0301\n",
    "a\tb\bc\u0007",
    `${ESC}[1;31mred${ESC}[0m`,
    `${ESC}[38;2;255;128;0m${ESC}[38:5:196m`,
    `${ESC}[2J${ESC}[H${ESC}[10;20H${ESC}[K`,
    `${ESC}[?1049h${ESC}[?25l${ESC}[?25h${ESC}[?1049l${ESC}[4h`,
    `${ESC}[2;10r${ESC}[3L${ESC}[2M${ESC}[5S${ESC}[5T`,
    `${ESC}7${ESC}8${ESC}M${ESC}(0${ESC}(B${ESC}c`,
    `${ESC}[4 q`,
    `${ESC}]10;#ffffff${ESC}\\${ESC}]104${ESC}\\`,
  ])("%j, whole or letter by letter", (text) => {
    expect(pass(text)).toBe(text);
    expect(pass(...letters(text))).toBe(text);
  });
});

describe("createScreenFilter() drops", () => {
  test.each([
    ["the clipboard", `${ESC}]52;c;cHduZWQ=\u0007`],
    ["the title", `${ESC}]0;PWNED${ESC}\\${ESC}]2;PWNED\u0007`],
    ["links", `${ESC}]8;;https://a.example${ESC}\\`],
    ["questions", `${ESC}[c${ESC}[>c${ESC}[=c${ESC}[5n${ESC}[6n${ESC}[?6n${ESC}[x${ESC}Z\u0005`],
    [
      "questions for modes, versions, keys",
      `${ESC}[?2026$p${ESC}[>q${ESC}[?u${ESC}[1;1*y${ESC}[?1;1S`,
    ],
    ["questions for settings", `${ESC}P$qm${ESC}\\${ESC}P+q544e${ESC}\\`],
    ["questions for colours", `${ESC}]10;?\u0007${ESC}]4;1;?;2;red\u0007`],
    [
      "windows, printers, keys",
      `${ESC}[8;9999;9999t${ESC}[21t${ESC}[5i${ESC}[>4;2m${ESC}[2h${ESC}[12l`,
    ],
    ["mouse and focus", `${ESC}[?1003h${ESC}[?1004;1006h${ESC}[1;2;3;4;5T`],
    [
      "images and files",
      `${ESC}_Gt=f,a=T;L2V0Yw==${ESC}\\${ESC}Pq#0!5~-${ESC}\\${ESC}]1337;File=:eA==\u0007`,
    ],
    ["what is unreadable", `${ESC}[1?5m${ESC}[1;<J`],
    ["what never ends", `${ESC}]0;${"A".repeat(60_000)}`],
  ])("%s, in either form, whole or letter by letter", (_, text) => {
    // The same with C1 controls of one character.
    // oxlint-disable-next-line no-control-regex -- escape sequences are the subject
    const short = text.replaceAll(/\u001b[@-_]/g, (two) =>
      String.fromCharCode(two.charCodeAt(1) + 0x40),
    );
    for (const form of [text, short]) {
      expect(pass(`<${form}`)).toBe("<");
      expect(pass("<", ...letters(form))).toBe("<");
    }
  });
});

test("createScreenFilter() keeps those modes of a sequence that are the screen's", () => {
  expect(pass(`${ESC}[?25;1003;7h`)).toBe(`${ESC}[?25;7h`);
});

test("createScreenFilter() goes on behind what it drops", () => {
  expect(pass(`a${ESC}]0;title\u0007b${ESC}Px\u0018c${ESC}[12\u001b[1md`)).toBe(`abc${ESC}[1md`);
  expect(pass(`${ESC}]0;${"x".repeat(5000)}\u0007shown${ESC}[${"1;".repeat(5000)}mtoo`)).toBe(
    "showntoo",
  );
  expect(pass(`${ESC}[3\n1m`)).toBe(`\n${ESC}[31m`);
});

test.each(letters("LMSTABEFek"))("createScreenFilter() counts rows in CSI %s", (final) => {
  expect(pass(`${ESC}[999999999${final}`)).toBe(`${ESC}[24${final}`);
  expect(pass(...letters("\u001b[99999"), `9999${final}`)).toBe(`${ESC}[24${final}`);
  expect(pass(`${ESC}[2${final}${ESC}[${final}`)).toBe(`${ESC}[2${final}${ESC}[${final}`);
});

test.each(letters("@PXIZCDaj"))("createScreenFilter() counts columns in CSI %s", (final) => {
  expect(pass(`\u009b999999999${final}`)).toBe(`${ESC}[80${final}`);
});

test.each(letters("GHdf`"))("createScreenFilter() bounds positions in CSI %s", (final) => {
  expect(pass(`${ESC}[2147483647;3${final}`)).toBe(`${ESC}[9999;3${final}`);
});

test("createScreenFilter() writes out what is repeated, up to a screen of it", () => {
  expect(pass(`ab${ESC}[3bc`)).toBe("abbbbc");
  expect(pass(`e\u0301${ESC}[2b`)).toBe("e\u0301e\u0301e\u0301");
  expect(pass(`a${ESC}[999999999b`)).toHaveLength(1 + 80 * 24);
  expect(pass(`a\n${ESC}[5b`)).toBe("a\n");
  expect(pass(`a${ESC}[2b${ESC}[2b`)).toBe("aaa");
});

describe("createScreenFilter() lays at most 8 marks over a character", () => {
  const marked = `a${"\u0301".repeat(8)}`;
  test("at once", () => {
    expect(pass(`a${"\u0301".repeat(20_000)}b`)).toBe(`${marked}b`);
  });
  test("in pieces, and with colours between", () => {
    expect(pass("a", ...Array.from({ length: 100 }, () => "\u0301"))).toBe(marked);
    const coloured = `a${`\u0301${ESC}[1m`.repeat(100)}`;
    expect(pass(coloured).replaceAll(`${ESC}[1m`, "")).toBe(marked);
  });
  test("and none where the cursor has come back to one", () => {
    expect(pass(`${marked}bc\b\u0301`)).toBe(`${marked}bc\b`);
    expect(pass(`${marked}b${ESC}[1D${"\u0301".repeat(9)}`)).toBe(`${marked}b${ESC}[1D`);
  });
});

test("createScreenFilter() tells what work a piece is, and cuts long text between characters", () => {
  const filter = createScreenFilter(() => SIZE);
  const pieces = [...filter.take("😀".repeat(10_001))];
  expect(pieces.every(({ text }) => text.length <= 256)).toBe(true);
  expect(pieces.map(({ text }) => text).join("")).toBe("😀".repeat(10_001));
  const [latin] = filter.take("e".repeat(10_000));
  expect(latin).toEqual({ text: "e".repeat(4096), cost: 4096 });
  const costOf = (text: string): number => [...filter.take(text)][0]?.cost ?? 0;
  expect(costOf("漢".repeat(10))).toBeGreaterThan(10 * costOf("e".repeat(10)));
  expect(costOf(`漢${"\u0301".repeat(8)}`)).toBeGreaterThan(10 * costOf("漢"));
  const [few] = filter.take(`${ESC}[2L`);
  const [many] = filter.take(`${ESC}[20L`);
  expect(many?.cost).toBe(10 * (few?.cost ?? 0));
});
