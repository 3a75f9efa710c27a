import { describe, expect, test } from "vitest";
import { createHttpBinding } from "./binding.ts";
import type { HttpBindingOptions } from "./binding.ts";
import { createHttpClient } from "./client.ts";
import type { BoundHttp, HttpOutcome, HttpRequest } from "./client.ts";
import type { HopOutcome, HttpHeader } from "./hop.ts";
import { createRecordingSender, OK } from "./http.testing.ts";
import type { RecordingSender } from "./http.testing.ts";
import { SecretText } from "./secret-text.ts";

const TOKEN = "hidden-0123456789";

interface Bench {
  readonly sender: RecordingSender;
  readonly client: BoundHttp;
  readonly get: (url: string, headers?: readonly HttpHeader[]) => Promise<HttpOutcome>;
  readonly post: (url: string, body?: Uint8Array) => Promise<HttpOutcome>;
}

function openBench(
  options: Partial<HttpBindingOptions> = {},
  answer?: Parameters<typeof createRecordingSender>[0],
): Bench {
  const sender = createRecordingSender(answer);
  const binding = createHttpBinding({
    hosts: ["api.example", "other.example"],
    attached: [{ name: "Authorization", value: new SecretText(`Bearer ${TOKEN}`) }],
    ...options,
  });
  const client = createHttpClient(binding, sender);
  return {
    sender,
    client,
    get: (url, headers = []) => client.send({ method: "GET", url, headers }),
    post: (url, body) => client.send({ method: "POST", url, headers: [], body }),
  };
}

const redirect = (location: string, status = 302): HopOutcome => ({
  type: "redirect",
  status,
  location,
});

/** Ends with its signal only. */
const hang = (_: unknown, signal?: AbortSignal): Promise<HopOutcome> =>
  new Promise((_resolve, reject) =>
    signal?.addEventListener("abort", () => reject(signal.reason as Error)),
  );

describe("createHttpClient()", () => {
  test("sends the canonical URL, with the owner's headers beside the cell's", async () => {
    const { get, sender } = openBench();
    const accept = { name: "Accept", value: "text/plain" };
    expect(await get("HTTPS://API.example/a/../b#c", [accept])).toMatchObject({ status: 200 });
    expect(sender.hops).toEqual([
      {
        method: "GET",
        url: "https://api.example/b",
        headers: [accept, { name: "authorization", value: `Bearer ${TOKEN}` }],
        body: undefined,
        limitBytes: 4 * 1024 * 1024,
        mayBeLocal: false,
      },
    ]);
  });

  test.each<readonly [url: string, reason: string]>([
    [
      "https://evil.example/",
      "https://evil.example: the host is not among those that were granted",
    ],
    [
      "https://api.example.evil.example/",
      "https://api.example.evil.example: the host is not among those that were granted",
    ],
    ["http://api.example/", "http://api.example: the host is not among those that were granted"],
    [
      "https://api.example:8443/",
      "https://api.example:8443: the host is not among those that were granted",
    ],
    ["https://127.0.0.1/", "https://127.0.0.1: the host is not among those that were granted"],
    ["https://localhost/", "https://localhost: the host is not among those that were granted"],
    ["https://api.example@evil.example/", ": the URL has user information before the host"],
    [
      "https://evil.example\\@api.example/",
      ": the URL has a backslash, a space or an invisible character",
    ],
    ["https://0x7f.1/", ": the URL writes an IPv4 address in an unusual way"],
    [
      "https://api.example/v10/secret-in-path",
      "https://api.example: the path is not below one of those that were granted",
    ],
    [
      "https://api.example/v1/../v2",
      "https://api.example: the path is not below one of those that were granted",
    ],
    [
      "https://api.example/v1/..%2fv2",
      "https://api.example: a server could read the path as one above it",
    ],
    [
      "https://api.example/v1/..%5Cv2",
      "https://api.example: a server could read the path as one above it",
    ],
    [
      "https://api.example/v1/%252e%252e/v2",
      "https://api.example: a server could read the path as one above it",
    ],
    [
      "https://api.example/v1/..;a=b/v2",
      "https://api.example: a server could read the path as one above it",
    ],
    [
      "https://api.example/v1/%c0%ae%c0%ae/v2",
      "https://api.example: a server could read the path as one above it",
    ],
    [
      "https://api.example/v1/%2525252525252e",
      "https://api.example: the path is escaped too often",
    ],
  ])("refuses %s before anything is sent", async (url, reason) => {
    const { get, sender } = openBench({ paths: ["/v1"] });
    const title = reason.startsWith(":") ? "Cannot GET" : "Cannot GET ";
    expect(await get(url)).toEqual({ type: "refused", reason: title + reason });
    expect(sender.hops).toEqual([]);
  });

  test("takes paths at and below a prefix", async () => {
    const { get, sender } = openBench({ paths: ["/v1"] });
    for (const path of ["/v1", "/v1/", "/v1/a%20b/..c?d=/../"])
      await get(`https://api.example${path}`);
    expect(sender.hops).toHaveLength(3);
  });

  test.each<readonly [headers: readonly HttpHeader[], reason: string]>([
    [[{ name: "AUTHORIZATION", value: "mine" }], `header "authorization" is attached by the owner`],
    ...[
      "Host",
      "Cookie",
      "Connection",
      "Transfer-Encoding",
      "Content-Length",
      "Proxy-Authorization",
    ].map(
      (name) =>
        [
          [{ name, value: "x" }],
          `header "${name.toLowerCase()}" cannot be set by programs`,
        ] as const,
    ),
    [
      [{ name: "X-HTTP-Method-Override", value: "DELETE" }],
      `header "x-http-method-override" cannot be set by programs`,
    ],
    [
      [{ name: "Sec-Fetch-Site", value: "none" }],
      `header "sec-fetch-site" cannot be set by programs`,
    ],
    [[{ name: "a b", value: "x" }], "the name of a header is not a token"],
    [[{ name: "", value: "x" }], "the name of a header is not a token"],
    [
      [{ name: "x", value: "hidden\r\nHost: evil.example" }],
      `the value of header "x" is not visible ASCII`,
    ],
    [[{ name: "x", value: "hidden\0" }], `the value of header "x" is not visible ASCII`],
    [[{ name: "x", value: "é" }], `the value of header "x" is not visible ASCII`],
    [
      [
        { name: "x", value: "1" },
        { name: "X", value: "2" },
      ],
      `header "x" is given twice`,
    ],
    [
      Array.from({ length: 65 }, (_, at) => ({ name: `x${at}`, value: "" })),
      "it has more than 64 headers",
    ],
    [[{ name: "x", value: "y".repeat(16 * 1024) }], "its headers have more than 16384 characters"],
  ])("refuses headers %o", async (headers, reason) => {
    const { get, sender } = openBench();
    const outcome = await get("https://api.example/", headers);
    expect(outcome).toEqual({
      type: "refused",
      reason: `Cannot GET https://api.example: ${reason}`,
    });
    expect(sender.hops).toEqual([]);
  });

  test("refuses a method that was not granted, and bodies over the limit", async () => {
    const { get, post } = openBench({ methods: ["POST"], limits: { requestBytes: 3 } });
    const title = "https://api.example: the";
    expect(await get("https://api.example/")).toMatchObject({
      reason: `Cannot GET ${title} method is not among those that were granted`,
    });
    expect(await post("https://api.example/", new Uint8Array(4))).toMatchObject({
      reason: `Cannot POST ${title} body is longer than the limit of 3 bytes`,
    });
    expect(await post("https://api.example/", new Uint8Array(3))).toEqual(OK);
  });

  test("hides cookies, and what a server reflects of the owner's headers", async () => {
    const { get } = openBench({}, () => ({
      ...OK,
      headers: [
        { name: "Set-Cookie", value: "a=b" },
        { name: "Connection", value: "close" },
        {
          name: "X-Echo",
          value: `got "Bearer ${TOKEN}", ${TOKEN.toUpperCase()} and Bearer%20${TOKEN}`,
        },
        { name: `X-${TOKEN}`, value: "name" },
        { name: "Content-Type", value: "text/plain" },
      ],
    }));
    expect(await get("https://api.example/")).toMatchObject({
      headers: [
        { name: "x-echo", value: `got "[redacted]", [redacted] and [redacted]` },
        { name: "x-[redacted]", value: "name" },
        { name: "content-type", value: "text/plain" },
      ],
    });
  });

  test.each<readonly [location: string, url: string]>([
    ["/b", "https://api.example/b"],
    ["b?c", "https://api.example/v1/b?c"],
    ["?c", "https://api.example/v1/a?c"],
    ["../b", "https://api.example/b"],
    ["//other.example/b", "https://other.example/b"],
    ["https://other.example/b#c", "https://other.example/b"],
  ])("follows a redirect to %s within the binding", async (location, url) => {
    const { get, sender } = openBench({}, () =>
      sender.hops.length === 1 ? redirect(location) : OK,
    );
    expect(await get("https://api.example/v1/a?x")).toMatchObject({ status: 200 });
    expect(sender.hops.map((hop) => hop.url)).toEqual(["https://api.example/v1/a?x", url]);
  });

  test.each<readonly [location: string, reason: string]>([
    [
      "https://evil.example/?t=1",
      "a redirect leads to https://evil.example: the host is not among those that were granted",
    ],
    [
      "//evil.example/",
      "a redirect leads to https://evil.example: the host is not among those that were granted",
    ],
    [
      "http://api.example/",
      "a redirect leads to http://api.example: the host is not among those that were granted",
    ],
    [
      "http://127.0.0.1/",
      "a redirect leads to http://127.0.0.1: the host is not among those that were granted",
    ],
    [
      "/private",
      "a redirect leads to https://api.example: the path is not below one of those that were granted",
    ],
    [
      "..%2fprivate",
      "a redirect leads to https://api.example: a server could read the path as one above it",
    ],
    [
      "/\\evil.example/",
      "a redirect leads to a URL that has a backslash, a space or an invisible character",
    ],
    [
      "https://api.example@evil.example/",
      "a redirect leads to a URL that has user information before the host",
    ],
    [
      "file:///etc/passwd",
      "a redirect leads to a URL that does not begin with https:// or http://",
    ],
  ])("refuses a redirect to %s", async (location, reason) => {
    const { get, sender } = openBench({ paths: ["/v1"] }, () => redirect(location));
    expect(await get("https://api.example/v1/a")).toEqual({
      type: "refused",
      reason: `Cannot GET https://api.example: ${reason}`,
    });
    expect(sender.hops).toHaveLength(1);
  });

  test("tells no secret that a server has made part of a redirect", async () => {
    const { get } = openBench({}, () => redirect(`https://${TOKEN.toUpperCase()}.evil.example/`));
    expect(await get("https://api.example/")).toMatchObject({
      type: "refused",
      reason:
        "Cannot GET https://api.example: a redirect leads to https://[redacted].evil.example: the host is not among those that were granted",
    });
  });

  test("follows ten redirects, and no more", async () => {
    const { get, sender } = openBench({}, () => redirect("/again"));
    expect(await get("https://api.example/")).toMatchObject({
      reason: "Cannot GET https://api.example: more than 10 redirects follow each other",
    });
    expect(sender.hops).toHaveLength(11);
  });

  test("keeps the body of a POST for 307 and 308, and never makes a GET of it", async () => {
    for (const status of [301, 302, 303]) {
      const { post, sender } = openBench({}, () => redirect("/b", status));
      expect(await post("https://api.example/", new Uint8Array([1]))).toMatchObject({
        type: "refused",
        reason: `Cannot POST https://api.example: a redirect with status ${status} would make a GET of it`,
      });
      expect(sender.hops).toHaveLength(1);
    }
    for (const status of [307, 308]) {
      const { post, sender } = openBench({}, () =>
        sender.hops.length === 1 ? redirect("/b", status) : OK,
      );
      await post("https://api.example/", new Uint8Array([1]));
      const sent = { method: "POST", body: new Uint8Array([1]) };
      expect(sender.hops).toMatchObject([sent, { ...sent, url: "https://api.example/b" }]);
    }
  });

  test("gives a login of the cell's to the server that it was for, and not to another", async () => {
    const own = { name: "authorization", value: "of the cell" };
    const { get, sender } = openBench({ attached: [] }, () =>
      sender.hops.length === 1 ? redirect("https://other.example/") : OK,
    );
    await get("https://api.example/", [own]);
    expect(sender.hops.map(({ headers }) => headers)).toEqual([[own], []]);
  });

  test("ends a request at its time limit, and with its caller's signal", async () => {
    const { get } = openBench({ limits: { timeoutMs: 20 } }, hang);
    expect(await get("https://api.example/")).toEqual({
      type: "failed",
      kind: "overloaded",
      reason:
        "Cannot GET https://api.example from this computer: the answer was not complete within 0.02 s",
    });
    const { client } = openBench({}, hang);
    const stop = new AbortController();
    const request: HttpRequest = { method: "GET", url: "https://api.example/", headers: [] };
    const sending = client.send(request, { signal: stop.signal });
    stop.abort(new Error("no longer wanted"));
    await expect(sending).rejects.toThrow("no longer wanted");
  });

  test("has so many requests under way at once, and again when they have ended", async () => {
    const { promise, resolve } = Promise.withResolvers<HopOutcome>();
    const { get } = openBench({ limits: { concurrent: 2 } }, () => promise);
    const both = ["a", "b"].map((path) => get(`https://api.example/${path}`));
    expect(await get("https://api.example/c")).toEqual({
      type: "failed",
      kind: "overloaded",
      reason: "Cannot GET https://api.example: 2 requests are in flight already",
    });
    resolve(OK);
    await Promise.all(both);
    expect(await get("https://api.example/c")).toEqual(OK);
  });

  test.each<readonly [outcome: HopOutcome, told: Partial<HttpOutcome>]>([
    [
      { type: "hidden-redirect" },
      {
        type: "refused",
        reason:
          "the server redirects, and a browser does not tell where to; `ww up --forward` could reach it",
      },
    ],
    [
      { type: "too-large" },
      { type: "refused", reason: "the answer is longer than the limit of 4194304 bytes" },
    ],
    [
      { type: "local-address" },
      {
        type: "refused",
        reason: "the name in https://api.example leads to an address that is not public",
      },
    ],
    [
      { type: "unreadable" },
      {
        type: "failed",
        reason:
          "the server cannot be reached, or does not allow cross-origin requests; `ww up --forward` could reach it",
      },
    ],
    [
      { type: "unreachable", reason: "it refuses the connection" },
      { type: "failed", reason: "it refuses the connection" },
    ],
  ])("tells of %o in one sentence", async (outcome, told) => {
    const { get } = openBench({}, () => outcome);
    const title = "Cannot GET https://api.example from this computer: ";
    expect(await get("https://api.example/?secret=1")).toMatchObject({
      ...told,
      reason: title + (told as { reason: string }).reason,
    });
  });
});
