import { describe, expect, test } from "vitest";
import { createHttpBinding, describeHttpBinding } from "./binding.ts";
import type { HttpBindingOptions } from "./binding.ts";
import { SecretText } from "./secret-text.ts";

const HOSTS = ["api.example"];
const token = new SecretText("Bearer hidden-0123");
const attach = (name: string, value = token): HttpBindingOptions => ({
  hosts: HOSTS,
  attached: [{ name, value }],
});

describe("createHttpBinding()", () => {
  test("takes hosts as people write them", () => {
    const { hosts } = createHttpBinding({
      hosts: [
        "API.example",
        "api.example:443",
        "http://nas.home:8080",
        "http://127.0.0.1:1",
        "a.localhost",
      ],
      localHosts: ["http://nas.home:8080"],
    });
    expect(hosts).toEqual([
      { origin: "https://api.example", mayBeLocal: false },
      { origin: "http://nas.home:8080", mayBeLocal: true },
      { origin: "http://127.0.0.1:1", mayBeLocal: true },
      { origin: "https://a.localhost", mayBeLocal: true },
    ]);
  });

  test.each<readonly [options: HttpBindingOptions, sentence: string]>([
    [{ hosts: [] }, `"hosts" of an HTTP binding is empty`],
    [
      { hosts: ["api.example/v1"] },
      `"hosts[0]" of an HTTP binding has more than a scheme, a host and a port`,
    ],
    [
      { hosts: ["api.example?a"] },
      `"hosts[0]" of an HTTP binding has more than a scheme, a host and a port`,
    ],
    [
      { hosts: [...HOSTS, "*.example"] },
      `"hosts[1]" of an HTTP binding is not a host: it has a host that parsers read differently`,
    ],
    [
      { hosts: ["user@api.example"] },
      `"hosts[0]" of an HTTP binding is not a host: it has user information before the host`,
    ],
    [
      { hosts: ["ftp://api.example"] },
      `"hosts[0]" of an HTTP binding is not a host: it does not begin with https:// or http://`,
    ],
    [
      { hosts: ["127.1"] },
      `"hosts[0]" of an HTTP binding is not a host: it writes an IPv4 address in an unusual way`,
    ],
    [
      { hosts: HOSTS, localHosts: ["nas.home"] },
      `"localHosts" of an HTTP binding has "https://nas.home", which is not in "hosts"`,
    ],
    [{ hosts: HOSTS, paths: [] }, `"paths" of an HTTP binding is empty`],
    [{ hosts: HOSTS, paths: ["v1"] }, `"paths[0]" of an HTTP binding is not a plain path: "v1"`],
    [
      { hosts: HOSTS, paths: ["/v1/*"] },
      `"paths[0]" of an HTTP binding is not a plain path: "/v1/*"`,
    ],
    [
      { hosts: HOSTS, paths: ["/v1/../"] },
      `"paths[0]" of an HTTP binding is not a plain path: "/v1/../"`,
    ],
    [
      { hosts: HOSTS, methods: ["GET", "PUT"] },
      `"methods[1]" of an HTTP binding is neither GET nor POST: "PUT"`,
    ],
    [{ hosts: HOSTS, methods: [] }, `"methods" of an HTTP binding is empty`],
    [
      { hosts: HOSTS, limits: { calls: -1 } },
      `"limits.calls" of an HTTP binding is not a count: -1`,
    ],
    [
      { hosts: HOSTS, limits: { timeoutMs: 0 } },
      `"limits.timeoutMs" of an HTTP binding is not a count: 0`,
    ],
    [
      { hosts: HOSTS, limits: { responseBytes: Infinity } },
      `"limits.responseBytes" of an HTTP binding is not a count: Infinity`,
    ],
    [
      { hosts: HOSTS, limits: { responseBytes: 1e9 } },
      `"limits.responseBytes" of an HTTP binding is more than 16777216: 1000000000`,
    ],
    [
      { hosts: HOSTS, limits: { rate: { calls: 1, perMs: 0 } } },
      `"limits.rate" of an HTTP binding is not a number of calls in a time`,
    ],
    [
      { ...attach("x"), hosts: ["api.example", "http://plain.example"] },
      `"attached" of an HTTP binding would be sent to http://plain.example in the clear`,
    ],
    [attach("x y"), `"attached[0]" of an HTTP binding has a name that is not a token`],
    [attach("Host"), `"attached[0]" of an HTTP binding names "host", which the platform sets`],
    [
      attach("x", new SecretText("hidden\r\nHost: b")),
      `"attached[0]" of an HTTP binding has a value that is not visible ASCII`,
    ],
  ])("refuses %o in one sentence", (options, sentence) => {
    expect(() => createHttpBinding(options)).toThrow(new TypeError(sentence));
  });
});

test("describeHttpBinding() has names of attached headers, and no values", () => {
  const binding = createHttpBinding({
    ...attach("Authorization"),
    paths: ["/v1", "/v2"],
    methods: ["GET"],
  });
  const description = `GET https://api.example below /v1, /v2 with header "authorization"`;
  expect(describeHttpBinding(binding)).toBe(description);
  const shown = [JSON.stringify(binding), String(binding.attached[0]?.value)].join();
  expect(shown).not.toContain("hidden");
  expect(structuredClone(binding).attached[0]?.value).toEqual({});
  expect(binding.attached[0]?.value.reveal()).toBe("Bearer hidden-0123");
});
