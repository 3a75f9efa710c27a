/** Components that are made to take time or memory: each is refused, or takes little. */
import { describe, expect, test, vi } from "vitest";
import { Exception } from "#base";
import {
  binary,
  component,
  func,
  ID,
  importOf,
  instanceType,
  instantiate,
  index,
  items,
  outerComponent,
  section,
  text,
  tuple,
  U64,
  U8,
  u32,
  vector,
} from "./binary.testing.ts";
import type { Bytes } from "./binary.testing.ts";
import { heapBytes, timed, times } from "./bounds.testing.ts";
import { failureOf, linkBinary } from "./link.testing.ts";
import { instantiateComponent } from "./instantiate.ts";
import { parseComponent } from "./parse-component.ts";
import { refusalOf, survey } from "./survey.testing.ts";

// The tests take seconds when other work runs beside them.
vi.setConfig({ testTimeout: 60_000 });

const TOO_MANY_STEPS = /take more than \d+ steps/;
const TOO_MANY_PARTS = /has more than \d+ parts/;

/** Components that each instantiate the previous one twice, beginning with `first`. */
function doubling(first: Bytes, levels: number): Bytes[] {
  return [
    section(ID.component, first),
    ...times(levels, (at) =>
      section(
        ID.component,
        component(
          items(ID.alias, outerComponent(1, at)),
          items(ID.instance, instantiate(0), instantiate(0)),
        ),
      ),
    ),
    items(ID.instance, instantiate(levels)),
  ];
}

function instantiatedOften(inner: Bytes, often: number): Bytes[] {
  return [section(ID.component, inner), items(ID.instance, ...times(often, () => instantiate(0)))];
}

const CORE_PREAMBLE: Bytes = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const LONG = "a".repeat(900);

describe("surveyComponent() refuses", () => {
  const BOMBS: Readonly<Record<string, () => readonly [Bytes[], RegExp]>> = {
    "types of two of the type before": () => [
      [items(ID.type, U8, ...times(40, (at) => tuple(index(at), index(at))))],
      /exceeds the maximum byte size/,
    ],
    "types within types within types": () => [
      [items(ID.type, U8, ...times(5_000, (at): Bytes => [0x6b, ...index(at)]))],
      /nested too deep/,
    ],
    "lists of fixed length of more than 256 MiB": () => [
      [items(ID.type, [0x67, ...U8, ...u32(2 ** 28)])],
      /exceeds the maximum byte size/,
    ],
    "lists of fixed length of lists of fixed length": () => [
      [items(ID.type, [0x67, ...U8, ...u32(2 ** 14)], [0x67, 0, ...u32(2 ** 14)])],
      /exceeds the maximum byte size/,
    ],
    "lists of fixed length of nothing": () => [
      [items(ID.type, tuple(), [0x67, 0, ...u32(2 ** 32 - 1)])],
      /without parts/,
    ],
    "types of instances of two of the type before": () => [
      [
        items(
          ID.type,
          instanceType(),
          ...times(40, (at) =>
            instanceType(
              [2, 3, 2, 1, ...u32(at)],
              [4, 0, ...text("a"), 5, 0],
              [4, 0, ...text("b"), 5, 0],
            ),
          ),
        ),
      ],
      TOO_MANY_STEPS,
    ],
    "components of two of the component before": () => [doubling(component(), 40), TOO_MANY_STEPS],
    "instances of many exports, doubled": () => [
      doubling(
        component(
          items(ID.type, U8),
          items(ID.instance, [1, ...vector(times(9_000, (at) => [0, ...text(`a${at}`), 3, 0]))]),
        ),
        14,
      ),
      TOO_MANY_STEPS,
    ],
    "instances with many arguments, doubled": () => [
      doubling(
        component(
          items(ID.type, U8),
          section(ID.component, component()),
          items(ID.instance, [0, 0, ...vector(times(9_000, (at) => [...text(`a${at}`), 3, 0]))]),
        ),
        14,
      ),
      TOO_MANY_STEPS,
    ],
    "core instances of many exports, doubled": () => [
      doubling(
        component(
          items(ID.coreInstance, [1, 0]),
          items(ID.type, U8),
          items(ID.canon, [2, 0]),
          items(ID.coreInstance, [1, ...vector(times(9_000, (at) => [...text(`a${at}`), 0, 0]))]),
        ),
        14,
      ),
      /not a resource|steps/,
    ],
    "types of many parts, doubled": () => [
      doubling(component(items(ID.type, tuple(...times(20_000, () => U8)))), 14),
      TOO_MANY_STEPS,
    ],
    "types of many labels, doubled": () => [
      doubling(
        component(items(ID.type, [0x6d, ...vector(times(9_000, (at) => text(`a${at}`)))])),
        14,
      ),
      TOO_MANY_STEPS,
    ],
    "declared types of many parts, doubled": () => [
      doubling(
        component(
          items(ID.type, instanceType([1, ...tuple(...times(20_000, () => U8))])),
          items(ID.import, importOf("a", 5, 0)),
        ),
        14,
      ),
      /steps|does not get its import/,
    ],
    "long names, doubled": () => [
      doubling(component(items(ID.type, U8), items(ID.export, [0, ...text(LONG), 3, 0, 0])), 16),
      TOO_MANY_STEPS,
    ],
    "long names, instantiated often": () => {
      const names = times(100, (at): Bytes => [0, ...text(`${LONG}${at}`), 3, 0, 0]);
      const inner = component(items(ID.type, U8), items(ID.export, ...names));
      return [instantiatedOften(inner, 900), TOO_MANY_STEPS];
    },
    "long labels, instantiated often": () => {
      const labels = times(100, (at) => text(`${LONG}${at}`));
      const inner = component(items(ID.type, [0x6d, ...vector(labels)]));
      return [instantiatedOften(inner, 900), TOO_MANY_STEPS];
    },
    "a million definitions": () => [
      [section(ID.type, vector(times(1_000_000, () => U8)))],
      TOO_MANY_PARTS,
    ],
    "many sections of many definitions": () => [
      times(300, () => items(ID.type, ...times(1_000, (): Bytes => U8))),
      TOO_MANY_PARTS,
    ],
    "a quarter of a million components": () => [
      times(250_000, () => section(ID.component, component())),
      TOO_MANY_PARTS,
    ],
    "a million parts of one type": () => [
      [section(ID.type, [1, 0x6f], vector(times(1_000_000, () => U8)))],
      TOO_MANY_PARTS,
    ],
    "two thousand core modules": () => [
      times(2_000, () => section(ID.coreModule, CORE_PREAMBLE)),
      /core modules/,
    ],
    "components nested too deep": () => [
      [
        times(200, (at) => at).reduce<Bytes>(
          (inner) => section(ID.component, component(inner)),
          [],
        ),
      ],
      /nested too deep/,
    ],
    "types of instances nested too deep": () => [
      [
        items(
          ID.type,
          times(200, (at) => at).reduce<Bytes>((inner) => instanceType([1, ...inner]), U8),
        ),
      ],
      /nested too deep/,
    ],
    "types of core modules nested too deep": () => [
      [
        items(
          ID.coreType,
          times(200, (at) => at).reduce<Bytes>((inner) => [0x50, 1, 1, ...inner], [0x60, 0, 0]),
        ),
      ],
      /nested too deep/,
    ],
    "a name of a thousand letters and one": () => [
      [items(ID.import, importOf("a".repeat(1_001), 3, 1))],
      /name of more than/,
    ],
    "many long names": () => [
      [items(ID.import, ...times(4_000, (at) => importOf(`${LONG}${at}`, 3, 1)))],
      TOO_MANY_PARTS,
    ],
    "a name that is no UTF-8": () => [
      [items(ID.import, [0, 2, 0xc3, 0x28, 3, 1])],
      /damaged or cut off/,
    ],
    "a label of many words that are digits": () => [
      [items(ID.type, [0x6d, ...vector([text(`a${"-1".repeat(400)}!`)])])],
      /kebab case/,
    ],
    "a name of many words that are digits": () => [
      [items(ID.import, importOf(`a:b/c${"-1".repeat(400)}!`, 3, 1))],
      /kebab case/,
    ],
    "labels that are repeated in a message": () => [
      [
        items(ID.type, [
          0x6d,
          ...vector([
            ...times(1_000, (at) => text(`${LONG.slice(0, 500)}${at}`)),
            text("a"),
            text("a"),
          ]),
        ]),
      ],
      /uses the label "[^"]*" twice/,
    ],
  };

  test.for(Object.entries(BOMBS))("%s", ([, make]) => {
    const [sections, message] = make();
    const bytes = binary(sections.flat());
    expect(refusalOf(bytes)).toMatch(message);
  });

  test.for([2, 3, 5, 6, 7, 8, 10, 11])("counts of four thousand million in section %i", (id) => {
    for (const count of [
      [0xff, 0xff, 0xff, 0xff, 0x0f],
      [0xff, 0xff, 0xff, 0xff, 0x7f],
      u32(150_000),
    ]) {
      refusalOf(binary(section(id, count, [0, 0, 0])));
    }
  });

  test("numbers that go on for ever", () => {
    refusalOf(binary([7, ...times(50, () => 0x80)]));
    refusalOf(
      binary(
        section(
          7,
          times(50, () => 0x80),
        ),
      ),
    );
  });
});

/** A variant whose two cases both have the type at this index. */
function either(at: number): Bytes {
  return [0x71, ...vector(["a", "b"].map((label) => [...text(label), 1, ...index(at), 0]))];
}

/** A variant is only as large as its largest case, so these types stay small, but form a graph of 2 ** 90 paths. */
function graph(from: number): Bytes[] {
  const last = index(from + 90);
  return [U8, ...times(90, (at) => either(from + at)), func([last], last)];
}

describe("surveyComponent() takes little for", () => {
  test("types that name another in two places", () => {
    survey(
      binary(
        items(ID.type, ...graph(0), ...graph(92)),
        items(ID.import, importOf("f", 1, 91)),
        // The other graph is the same type, which must be found without walking all paths.
        items(ID.export, [0, ...text("g"), 1, 0, 1, 1, ...u32(183)]),
      ),
    );
  });

  test("functions of many parameters, lowered and exported often", () => {
    const params = func(times(20_000, () => U8));
    survey(
      binary(
        items(ID.type, params, params),
        items(ID.import, importOf("f", 1, 0)),
        items(ID.export, ...times(20_000, (at): Bytes => [0, ...text(`a${at}`), 1, 0, 1, 1, 1])),
      ),
    );
  });

  test("a core instance of many exports, each of them aliased", () => {
    const names = times(15_000, (at) => text(`a${at}`));
    survey(
      binary(
        items(ID.type, [0x3f, 0x7f, 0]),
        items(ID.canon, [3, 0]),
        items(ID.coreInstance, [1, ...vector(names.map((name) => [...name, 0, 0]))]),
        items(ID.alias, ...names.map((name): Bytes => [0, 0, 1, 0, ...name])),
      ),
    );
  });

  test("enumerations of many labels, compared often", () => {
    const labels: Bytes = [0x6d, ...vector(times(15_000, (at) => text(`a${at}`)))];
    survey(
      binary(
        items(ID.type, labels, labels, func([[0]], undefined), func([[1]])),
        items(ID.import, importOf("f", 1, 2)),
        items(ID.export, ...times(10_000, (at): Bytes => [0, ...text(`b${at}`), 1, 0, 1, 1, 3])),
      ),
    );
  });
});

describe("instantiateComponent() takes little for", () => {
  /** 60 000 functions, each lowered from one of a thousand parameters. */
  test("functions of many parameters, lowered often", async () => {
    const bytes = binary(
      items(ID.type, func(times(1_000, () => U64))),
      items(ID.import, importOf("f", 1, 0)),
      section(ID.coreModule, [
        ...CORE_PREAMBLE,
        ...section(5, [1, 0, 1]),
        ...section(7, [1, 1, 0x6d, 2, 0]),
      ]),
      items(ID.coreInstance, [0, 0, 0]),
      items(ID.alias, [0, 2, 1, 0, ...text("m")]),
      items(ID.canon, ...times(60_000, (): Bytes => [1, 0, 0, 1, 3, 0])),
    );
    const before = heapBytes();
    timed(() => linkBinary(bytes, {}));
    expect(heapBytes() - before).toBeLessThan(200 * 1024 * 1024);
  });

  test("instances within instances within instances, which nobody surveyed", async () => {
    // Each instantiates the previous one, once.
    const bytes = binary(
      section(ID.component, component()),
      ...times(20_000, (at) =>
        section(
          ID.component,
          component(items(ID.alias, outerComponent(1, at)), items(ID.instance, instantiate(0))),
        ),
      ),
      items(ID.instance, instantiate(20_000)),
    );
    expect(refusalOf(bytes)).toMatch(/nested too deep/);
    const failure = await failureOf(() =>
      timed(() =>
        instantiateComponent(parseComponent(bytes), {
          imports: {},
          instantiateCore: () => {
            throw new TypeError("It has no core modules");
          },
        }),
      ),
    );
    expect(failure).toBeInstanceOf(Exception);
  });
});
