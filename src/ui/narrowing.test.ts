import { expect, test } from "vitest";
import { listMethods, NO_NARROWING, narrowingAfter, toNarrowing } from "./narrowing.ts";

const folder = (writes: boolean): readonly string[] =>
  listMethods({ reason: "x", which: "folder", folder: { writes } });
const http = (methods: readonly string[]): readonly string[] =>
  listMethods({ reason: "x", which: "http", http: { hosts: [], methods } });

test("listMethods() names what was asked for, and nothing where there is no choice", () => {
  expect(folder(false)).toEqual(["list", "stat", "read"]);
  expect(folder(true)).toContain("write");
  expect(http([])).toEqual(["get", "post"]);
  expect(http(["GET"])).toEqual(["get"]);
  expect(listMethods({ reason: "x", which: "clock", clock: undefined })).toEqual([]);
});

test("toNarrowing() says nothing of what is not narrowed", () => {
  expect(toNarrowing(NO_NARROWING)).toEqual({});
  expect(toNarrowing({ methods: ["read"], calls: 3, bytes: 0, minutes: 2 })).toEqual({
    methods: [{ name: "read", params: [] }],
    calls: 3,
    bytes: 0,
    expiresMs: 120_000,
  });
});

test("narrowingAfter() keeps the hour at which a grant expires", () => {
  expect(narrowingAfter({ calls: 1 }, 1e9)).toEqual({ calls: 1 });
  expect(narrowingAfter({ expiresMs: 1000 }, 400)).toEqual({ expiresMs: 600 });
  expect(narrowingAfter({ expiresMs: 1000 }, 1000)).toBeUndefined();
  expect(narrowingAfter({ expiresMs: 1000 }, -5000)).toEqual({ expiresMs: 1000 });
});
