import { describe, expect, test } from "vitest";
import { UsageError } from "../usage.ts";
import { parseGrants } from "./parse-grant.ts";
import { parsePolicyFile } from "./policy-file.ts";

const PEER = "/ip4/127.0.0.1/tcp/9/ws/p2p/12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5";

describe("parsePolicyFile()", () => {
  test("reads what is designated, with bounds, and paths beside the file", () => {
    const text = `{ "grants": {
      "data": { "folder": "data", "writes": true, "only": ["list"], "calls": 3, "expires": 60 },
      "api": {
        "http": ["api.example"], "methods": ["GET"], "paths": ["/v1"],
        "headers": { "Authorization": { "env": "TOKEN" } }
      },
      "key": { "secret": { "file": "key" } },
      "clock": { "clock": true },
      "memory": { "memory": 1048576 },
      "time": { "time": true }
    } }`;
    expect(Object.fromEntries(parsePolicyFile(text, "/home/me/policy.json"))).toEqual({
      data: {
        what: { kind: "folder", path: "/home/me/data", writes: true },
        bounds: { only: ["list"], calls: 3, expiresMs: 60_000 },
      },
      api: {
        what: {
          kind: "http",
          hosts: ["api.example"],
          methods: ["GET"],
          paths: ["/v1"],
          headers: new Map([["Authorization", { type: "env", name: "TOKEN" }]]),
        },
        bounds: {},
      },
      key: { what: { kind: "secret", place: { type: "file", path: "/home/me/key" } }, bounds: {} },
      clock: { what: { kind: "clock" }, bounds: {} },
      memory: { what: { kind: "memory", most: 1_048_576 }, bounds: {} },
      time: { what: { kind: "time", most: Infinity }, bounds: {} },
    });
  });

  test("reads a peer's service, with the bounds that can be counted of it", () => {
    const text = `{ "grants": { "talk": { "peer": "${PEER}/echo", "calls": 3, "expires": 60 } } }`;
    expect(parsePolicyFile(text, "policy.json").get("talk")).toEqual({
      what: { kind: "peer", address: PEER, service: "echo" },
      bounds: { calls: 3, expiresMs: 60_000 },
    });
  });

  test("reads which hosts may be at local addresses", () => {
    const text = '{ "grants": { "nas": { "http": ["nas.home"], "localHosts": ["nas.home"] } } }';
    expect(parsePolicyFile(text, "policy.json").get("nas")?.what).toMatchObject({
      hosts: ["nas.home"],
      localHosts: ["nas.home"],
    });
  });

  test.each([
    ["", "not JSON"],
    ['{"grants":{}', "not JSON: close brace expected"],
    ['{"grant":{}}', '"grant" is unknown; the known keys are grants'],
    ['{"grants":{"a":{}}}', '"grants.a" needs exactly one of folder, http'],
    ['{"grants":{"a":{"clock":true,"randomness":true}}}', "needs exactly one of"],
    ['{"grants":{"a":{"clock":true,\n"writes":true}}}', 'line 2: "grants.a.writes" is unknown'],
    ['{"grants":{"a":{"clock":false}}}', '"grants.a.clock" is true, or not there'],
    ['{"grants":{"a":{"memory":"all"}}}', '"grants.a.memory" is not true or false'],
    ['{"grants":{"a":{"folder":1}}}', '"grants.a.folder" is not text'],
    [
      '{"grants":{"a":{\n"foldr":"x"}}}',
      'line 2: "grants.a.foldr" is unknown; the known keys are folder, ',
    ],
    ['{"grants":{"a":{"clock":true,"calls":1.5}}}', '"grants.a.calls" is no whole number'],
    ['{"grants":{"a":{"folder":"x","bytes":1e300}}}', '"grants.a.bytes" is no whole number'],
    ['{"grants":{"a":{"folder":"x","only":[]}}}', '"grants.a.only" is empty'],
    ['{"grants":{"a":{"http":[]}}}', '"grants.a.http" is empty'],
    ['{"grants":{"a":{"http":["a.example"],"methods":[]}}}', '"grants.a.methods" is empty'],
    ['{"grants":{"a":{"http":["a.example"],"paths":[]}}}', '"grants.a.paths" is empty'],
    ['{"grants":{"a":{"http":["a b"]}}}', '"grants.a" makes no sense: '],
    ['{"grants":{"a":{"http":["a.example"],"methods":["DELETE"]}}}', '"methods[0]"'],
    ['{"grants":{"a":{"http":["a.example"],"headers":{"Host":{"env":"X"}}}}}', "makes no sense: "],
    [
      '{"grants":{"a":{"clock":true,"calls":-1}}}',
      '"grants.a.calls" is not a number of at least 0',
    ],
    [
      '{"grants":{"a":{"folder":"x","only":["list","raed"]}}}',
      '"grants.a.only[1]" is "raed", and no method; there are list, ',
    ],
    ['{"grants":{"a":{"peer":"echo"}}}', "an address and a name"],
    [`{"grants":{"a":{"peer":"${PEER}/echo","bytes":1}}}`, '"grants.a.bytes" is unknown'],
    [`{"grants":{"a":{"peer":"${PEER}/echo","only":["echo"]}}}`, '"grants.a.only" is unknown'],
    ['{"grants":{"a":{"secret":"abc"}}}', '"grants.a.secret" is not an object'],
    ['{"grants":{"a":{"secret":{}}}}', 'is { "env": "NAME" } or { "file": "path" }'],
  ])("says where it makes no sense: %s", (text, why) => {
    expect(() => parsePolicyFile(text, "policy.json")).toThrow(why);
  });
});

describe("parseGrants()", () => {
  test("reads what is designated by name", () => {
    const texts = [
      "a=folder:./x,writes",
      "b=secret:env:KEY",
      "c=clock",
      "d=http:a.example,b.example",
      "e=memory:1GiB",
      "f=time:60",
      "g=memory",
      `h=peer:${PEER}/echo`,
    ];
    expect([...parseGrants(texts).values()].map(({ what }) => what)).toEqual([
      { kind: "folder", path: "./x", writes: true },
      { kind: "secret", place: { type: "env", name: "KEY" } },
      { kind: "clock" },
      {
        kind: "http",
        hosts: ["a.example", "b.example"],
        methods: [],
        paths: [],
        headers: new Map(),
      },
      { kind: "memory", most: 2 ** 30 },
      { kind: "time", most: 60 },
      { kind: "memory", most: Infinity },
      { kind: "peer", address: PEER, service: "echo" },
    ]);
  });

  test.each([
    "a",
    "=clock",
    "a=",
    "a=nothing",
    "a=folder:",
    "a=clock:x",
    "a=memory:",
    "a=memory:lots",
    "a=time:1GiB",
    "a=peer:echo",
    `a=peer:${PEER}`,
    `a=peer:${PEER}/`,
    `a=peer:${PEER}/a b`,
    "a=peer:/ip4/127.0.0.1/tcp/9/ws/echo",
    "a=secret:value",
    "a b=clock",
  ])("refuses %j", (text) => expect(() => parseGrants([text])).toThrow(UsageError));

  test("refuses a name that is given twice", () => {
    expect(() => parseGrants(["a=clock", "a=randomness"])).toThrow('"a" is given twice');
  });
});
