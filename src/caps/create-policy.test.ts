import { describe, expect, test } from "vitest";
import { Executor, Host } from "#schema";
// oxlint-disable-next-line no-restricted-imports -- a schema for tests, which no door gives
import { Counter, Peer, PoliteGreeter } from "../rpc/interop/generated/interop.ts";
import { createPolicy } from "./create-policy.ts";
import type { MethodRules } from "./create-policy.ts";
import { compileFieldRule } from "./field-rule.ts";

const allowEcho = (rules: Omit<MethodRules, "name">) =>
  createPolicy({
    label: "guest",
    allow: [{ interface: Executor, methods: [{ name: "echo", ...rules }] }],
  });

describe("createPolicy() refuses a mistake when it is made:", () => {
  test.each([
    [
      "a method",
      () => createPolicy({ label: "x", allow: [{ interface: Host, methods: ["ids"] }] }),
    ],
    ["a parameter", () => allowEcho({ params: { mesage: { limitBytes: 1 } } })],
    ["a result", () => allowEcho({ results: { message: { limitBytes: 1 } } })],
    ["a rule", () => allowEcho({ params: { message: { prefx: "/a" } as object } })],
    ["a name that every object has", () => allowEcho({ params: { toString: { prefix: "/" } } })],
    [
      "a rule that every object has",
      () => allowEcho({ params: { message: { toString: 1 } as object } }),
    ],
    ["no rule", () => allowEcho({ params: { message: {} } })],
    ["a rule for another type", () => allowEcho({ params: { message: { atMost: 1 } } })],
    ["a host", () => allowEcho({ params: { message: { hosts: ["a/b"] } } })],
    ["a path", () => allowEcho({ params: { message: { prefix: "/a/../b" } } })],
    [
      "a method twice",
      () => createPolicy({ label: "x", allow: [{ interface: Host, methods: ["id", "id"] }] }),
    ],
    ["bytes without a schema", () => createPolicy({ label: "x", bytes: 1 })],
    ["an option", () => createPolicy({ label: "x", expireMs: 1 } as { label: string })],
  ])("%s", (_, create) => {
    expect(create).toThrow(TypeError);
  });

  test.each([
    ["calls", { calls: 1.5 }],
    ["bytes", { bytes: -1 }],
    ["a rate", { rate: { calls: 1, perMs: 0 } }],
    ["a time", { expiresMs: Number.NaN }],
  ])("a number of %s", (_, limits) => {
    const allow = [{ interface: Counter }];
    expect(() => createPolicy({ label: "x", allow, ...limits })).toThrow(RangeError);
  });
});

test("createPolicy() finds methods that are inherited, and fields of a struct that is all parameters", () => {
  const { methods } = createPolicy({
    label: "x",
    allow: [
      {
        interface: PoliteGreeter,
        methods: ["greet", { name: "thank", params: { name: { limitBytes: 9 } } }],
      },
      { interface: Peer, methods: ["tail"] },
    ],
  });
  const ids = [...PoliteGreeter.methods.keys(), Peer.id];
  expect(new Set(methods?.keys())).toEqual(new Set(ids));
});

describe("compileFieldRule()", () => {
  const prefix = compileFieldRule("path", { prefix: "/home/me" }, "");
  test.each(["/home/me", "/home/me/", "/home/me/a/b.txt"])("lets pass the path %j", (path) => {
    expect(prefix(path)).toBeUndefined();
  });
  test.each([
    "",
    "/",
    "/home",
    "/home/meat",
    "home/me/a",
    "/home/me/../you",
    "/home/me/a/..",
    "/home/me//a",
    "/home/me/./a",
    "/home/me\\..\\you",
    "/home/me/a\0",
    "//home/me/a",
  ])("stops the path %j", (path) => {
    expect(prefix(path)).toBe('"path" breaks the rule "prefix"');
  });

  const hosts = compileFieldRule("url", { hosts: ["API.example", "other.example:8080"] }, "");
  test.each([
    "https://api.example/a?b#c",
    "http://api.example",
    "HTTPS://API.EXAMPLE/",
    "wss://other.example:8080/",
    "https://api.example:443/",
  ])("lets pass the URL %j", (url) => {
    expect(hosts(url)).toBeUndefined();
  });
  test.each([
    "",
    "api.example",
    "https://api.example.evil/",
    "https://api.example@evil/",
    "https://api.example:8443/",
    "https://evil/api.example",
    "ftp://api.example/",
    "file://api.example/",
    "https://other.example/",
    "https://api.example\\@evil/",
    "https://api\t.example/",
    " https://api.example/",
    "https://api.example./",
    "javascript:alert(1)//api.example",
  ])("stops the URL %j", (url) => {
    expect(hosts(url)).toBe('"url" breaks the rule "hosts"');
  });

  test("bounds numbers, texts and data, and takes what is listed", () => {
    const atMost = compileFieldRule("n", { atMost: 10 }, 0n);
    expect([10n, 11n].map(atMost)).toEqual([undefined, '"n" breaks the rule "atMost"']);
    const float = compileFieldRule("f", { atMost: 10 }, 0);
    expect(float(Number.NaN)).toBe('"f" breaks the rule "atMost"');
    const text = compileFieldRule("t", { limitBytes: 2 }, "");
    expect(["ü", "üa"].map(text)).toEqual([undefined, '"t" breaks the rule "limitBytes"']);
    const data = compileFieldRule("d", { limitBytes: 2 }, new Uint8Array());
    expect(data(new Uint8Array(3))).toBe('"d" breaks the rule "limitBytes"');
    const both = compileFieldRule("t", { oneOf: ["a", "bcd"], limitBytes: 2 }, "");
    expect(["a", "b", "bcd"].map(both)).toEqual([
      undefined,
      '"t" breaks the rule "oneOf"',
      '"t" breaks the rule "limitBytes"',
    ]);
  });
});
