/** Messages here are written by hand, one word a line: little-endian, as in the specification of the encoding. */
import { describe, expect, test } from "vitest";
import { failureOf, readHex } from "./codec.testing.ts";
import { ElementSize } from "./element-size.ts";
import type { PointerReader } from "./reader.ts";

/** Renders everything that the pointer leads to. */
function show(pointer: PointerReader): unknown {
  switch (pointer.kind) {
    case "null":
      return null;
    case "capability":
      return { capability: pointer.capabilityIndex() };
    case "struct": {
      const struct = pointer.struct();
      const words = [];
      for (let at = 0; at < struct.dataBytes; at += 8) words.push(Number(struct.uint64(at)));
      for (let i = 0; i < struct.pointers; i++) words.push(show(struct.pointer(i)));
      return words;
    }
    case "list": {
      const list = pointer.anyList();
      return { elements: list.elementSize, length: list.length };
    }
  }
}

/** A list of structs, one word in all. */
function tagged(tag: string): string {
  return `010000000f000000 ${tag} 0100000000000000`;
}

/** Number of structs that can be followed, each through the first pointer of the previous one. */
function descend(pointer: PointerReader): number {
  let at = pointer;
  for (let depth = 0; ; depth++) {
    if (failureOf(() => at.struct()) !== "nothing was thrown") return depth;
    at = at.struct().pointer(0);
  }
}

/** A struct of one word, 7, right behind its pointer. */
const SEVEN = "0000000001000000 0700000000000000";

describe("a pointer to a struct", () => {
  test("leads forwards, and backwards", () => {
    expect(show(readHex([SEVEN]).root)).toEqual([7]);
    // root → a struct with one pointer behind the word 9, which points back to it
    const back = "0400000000000100 0900000000000000 f8ffffff01000000";
    expect(show(readHex([back]).root)).toEqual([[9]]);
  });

  test("is null without any bits, and an empty struct at offset -1", () => {
    expect(show(readHex(["0000000000000000"]).root)).toBe(null);
    expect(show(readHex(["fcffffff00000000"]).root)).toEqual([]);
    const nothing = readHex(["0000000000000000"]).root.struct();
    expect([nothing.uint8(0, 3), nothing.int64(0, -1n), nothing.bool(0, true)]).toEqual([
      3,
      -1n,
      true,
    ]);
    expect(nothing.pointer(5).isNull).toBe(true);
  });

  test.each([
    ["behind the end", "0400000001000000 0700000000000000"],
    ["across the end", "0000000002000000 0700000000000000"],
    ["across the end with its pointers", "0000000001000100 0700000000000000"],
    ["before the beginning", "f8ffffff01000000 0700000000000000"],
    ["far away", "fcffff7f01000000 0700000000000000"],
    ["far away backwards", "0000008001000000 0700000000000000"],
  ])("is refused when it leads %s of its segment", (_, hex) => {
    expect(failureOf(() => readHex([hex]).root.struct())).toBe(
      "Message cannot be read: a pointer leaves its segment",
    );
  });
});

describe("a far pointer", () => {
  /** Segment 1, word 0. */
  const FAR = "0200000001000000";
  /** To two words at word 0 of segment 1. */
  const DOUBLE_FAR = "0600000001000000";

  test("leads to a pointer in another segment", () => {
    expect(show(readHex([FAR, SEVEN]).root)).toEqual([7]);
    expect(show(readHex([FAR, "0300000005000000"]).root)).toEqual({ capability: 5 });
  });

  test("leads, where that segment had no room for the pointer, to a pair that names a third", () => {
    const pair = "0a00000002000000 0000000001000000";
    expect(show(readHex([DOUBLE_FAR, pair, "0000000000000000 0700000000000000"]).root)).toEqual([
      7,
    ]);
    const list = "0200000002000000 0100000012000000";
    expect(show(readHex([DOUBLE_FAR, list, "0100000000000000"]).root)).toEqual({
      elements: ElementSize.byte,
      length: 2,
    });
  });

  test("may lead into its own segment", () => {
    expect(show(readHex([`0a00000000000000 ${SEVEN}`]).root)).toEqual([7]);
  });

  test.each([
    ["there is no such segment", [FAR], "it has no segment 1"],
    ["segment 2^32 - 1", ["02000000ffffffff"], "it has no segment 4294967295"],
    [
      "the landing pad is behind the end",
      ["0a00000001000000", SEVEN.slice(0, 16)],
      "a far pointer leaves its segment",
    ],
    [
      "half a pair is behind the end",
      [DOUBLE_FAR, "0200000002000000"],
      "a far pointer leaves its segment",
    ],
    ["it leads to a far pointer", [FAR, FAR], "a far pointer leads to a far pointer"],
    [
      "the pair begins with no far pointer",
      [DOUBLE_FAR, SEVEN],
      "a double-far pointer has no landing pad",
    ],
    [
      "the pair begins with a double-far pointer",
      [DOUBLE_FAR, `${DOUBLE_FAR} 0000000001000000`],
      "a double-far pointer has no landing pad",
    ],
    [
      "the pair names no segment",
      [DOUBLE_FAR, "0200000009000000 0000000001000000"],
      "it has no segment 9",
    ],
    [
      "the pair names a place behind the end",
      [DOUBLE_FAR, "0a00000000000000 0000000001000000"],
      "a pointer leaves its segment",
    ],
    [
      "the pair ends with a far pointer",
      [DOUBLE_FAR, "0200000000000000 0200000000000000"],
      "a pointer to a struct points to something else",
    ],
  ] as const)("is refused when %s", (_, segments, why) => {
    expect(failureOf(() => readHex(segments).root.struct())).toBe(`Message cannot be read: ${why}`);
  });
});

describe("a pointer to a list", () => {
  test.each([
    ["void", "0100000028000000", 5],
    ["bit", "0100000049000000 ff01000000000000", 9],
    ["byte", "0100000012000000 0102000000000000", 2],
    ["twoBytes", "0100000013000000 0100020000000000", 2],
    ["fourBytes", "0100000014000000 0100000002000000", 2],
    ["eightBytes", "010000000d000000 0100000000000000", 1],
    ["pointer", "010000000e000000 0000000000000000", 1],
    ["composite", "010000000f000000 0400000001000000 0100000000000000", 1],
  ] as const)("of elements of size %s has them all", (size, hex, length) => {
    const list = readHex([hex]).root.list(ElementSize[size]);
    expect([list.elementSize, list.length]).toEqual([ElementSize[size], length]);
    // The bits of a list lie in its last word; without that, it is refused.
    if (size === "void") return;
    const cut = hex.slice(0, hex.lastIndexOf(" "));
    expect(failureOf(() => readHex([cut]).root.anyList())).toContain("Message cannot be read: a");
  });

  test("is an empty list of any elements when it is null", () => {
    for (const size of Object.values(ElementSize)) {
      expect(readHex(["0000000000000000"]).root.list(size).length).toBe(0);
    }
    expect(readHex(["0000000000000000"]).root.text()).toBe("");
    expect(readHex(["0000000000000000"]).root.data()).toEqual(new Uint8Array(0));
  });

  test("of structs is refused when its tag is none, or counts more than there is room for", () => {
    expect(failureOf(() => readHex([tagged("0500000001000000")]).root.anyList())).toBe(
      "Message cannot be read: a list of structs has another tag",
    );
    expect(failureOf(() => readHex([tagged("0800000001000000")]).root.anyList())).toBe(
      "Message cannot be read: a list of structs is longer than its space",
    );
    // Two structs of one pointer each.
    expect(failureOf(() => readHex([tagged("0800000000000100")]).root.anyList())).toBe(
      "Message cannot be read: a list of structs is longer than its space",
    );
    expect(failureOf(() => readHex([tagged("fcffffffffffffff")]).root.anyList())).toBe(
      "Message cannot be read: a list of structs is longer than its space",
    );
  });
});

test.each([
  ["a struct", "0000000001000000 0700000000000000", ["struct"]],
  ["bytes", "010000000a000000 0000000000000000", ["list", "text", "data"]],
  ["a list of words", "010000000d000000 0000000000000000", ["list"]],
  ["a capability", "0300000000000000", ["capability"]],
  ["a pointer of a kind to come", "0700000000000000", []],
  ["null", "0000000000000000", ["struct", "list", "text", "data", "capability"]],
])("%s is read as what it is, and refused as anything else", (_, hex, kinds) => {
  const verbs: Record<string, (pointer: PointerReader) => unknown> = {
    struct: (pointer) => pointer.struct(),
    list: (pointer) => pointer.anyList(),
    text: (pointer) => pointer.text(),
    data: (pointer) => pointer.data(),
    capability: (pointer) => pointer.capability(),
  };
  const allowed = Object.keys(verbs).filter((verb) => {
    const why = failureOf(() => verbs[verb]?.(readHex([hex]).root));
    if (why === "nothing was thrown") return true;
    expect(why).toMatch(/^Message cannot be read: a pointer to .* points to something else$/);
    return false;
  });
  expect(allowed).toEqual(kinds);
});

test("a capability without an entry in the table is none", () => {
  const message = readHex(["0300000001000000"]);
  expect(message.root.capability()).toBeUndefined();
  expect(message.root.capabilityIndex()).toBe(1);
});

test("a message without a word has no root", () => {
  expect(failureOf(() => readHex([""]).root)).toBe(
    "Message cannot be read: it has no root pointer",
  );
});

describe("limits", () => {
  /** A struct with one pointer, which leads to itself. */
  const CYCLE = "0000000000000100 fcffffff00000100";

  test("depth: 64 pointers may follow each other, unless said otherwise", () => {
    expect(descend(readHex([CYCLE]).root)).toBe(64);
    expect(descend(readHex([CYCLE], { depth: 3 }).root)).toBe(3);
    const last = readHex([CYCLE], { depth: 1 }).root.struct().pointer(0);
    for (const verb of ["struct", "anyList", "data", "text"] as const) {
      expect(failureOf(() => last[verb]())).toMatch(/nested too deeply|something else/);
    }
    // root → list of one pointer → itself
    const lists = "010000000e000000 fdffffff0e000000";
    let at = readHex([lists]).root;
    let depth = 0;
    while (failureOf(() => at.anyList()) === "nothing was thrown") {
      at = at.anyList().pointer(0);
      depth++;
    }
    expect(depth).toBe(64);
  });

  test("traversal: what is read counts, as often as it is read, and nothing else", () => {
    const bytes = `0100000022030000 ${"00".repeat(104)}`;
    const limits = { traversalBytes: 300 };
    const { root } = readHex([bytes], limits);
    root.data();
    root.data();
    root.data();
    expect(failureOf(() => root.data())).toBe(
      "Message cannot be read: it exceeds its traversal limit",
    );
    expect(failureOf(() => readHex([bytes], { traversalBytes: 99 }).root.data())).toContain(
      "traversal",
    );
    // A message may be larger than what is read of it.
    expect(show(readHex([SEVEN + "00".repeat(1000)], { traversalBytes: 8 }).root)).toEqual([7]);
  });

  test("traversal: elements without bits count too", () => {
    const many = "01000000f8ffffff";
    expect(failureOf(() => readHex([many]).root.anyList())).toContain("traversal");
    const structs = "0100000007000000 fcffffff00000000";
    expect(failureOf(() => readHex([structs]).root.anyList())).toContain("traversal");
  });
});
