import { describe, expect, test } from "vitest";
import { isLocalhost, parseHttpUrl, readAddress } from "./parse-url.ts";

const SPACE = "has a backslash, a space or an invisible character";
const NO_HOST = "has no host that can be read";
const SCHEME = "does not begin with https:// or http://";
const USER = "has user information before the host";
const ESCAPES = "escapes characters of its host";
const DIFFERS = "has a host that parsers read differently";
const UNUSUAL = "writes an IPv4 address in an unusual way";
const DOT = "has a host that ends with a dot";
const PORT = "has a port that is not a number from 1 to 65535";

/** Each is one server to every parser, and is sent as on the right. */
const CANONICAL: ReadonlyArray<readonly [text: string, href: string]> = [
  ["https://api.example", "https://api.example/"],
  ["HTTPS://API.Example/A", "https://api.example/A"],
  ["https://api.example:443/a", "https://api.example/a"],
  ["http://api.example:80/", "http://api.example/"],
  ["https://api.example:8443/", "https://api.example:8443/"],
  ["https://api.example/a/../b/./c", "https://api.example/b/c"],
  ["https://api.example/a/%2e%2E/b", "https://api.example/b"],
  ["https://api.example/../../etc", "https://api.example/etc"],
  ["https://api.example/a?b=../c#d", "https://api.example/a?b=../c"],
  ["https://api.example?q=https://other.example", "https://api.example/?q=https://other.example"],
  ["https://api.example/@other.example", "https://api.example/@other.example"],
  ["https://api.example#@other.example/", "https://api.example/"],
  ["https://api.example?@other.example/", "https://api.example/?@other.example/"],
  ["https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"],
  ["https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"],
  ["https://_a.b-c.example/", "https://_a.b-c.example/"],
  ["http://127.0.0.1:8080/", "http://127.0.0.1:8080/"],
  ["http://[::1]:8080/", "http://[::1]:8080/"],
  ["http://[0:0:0:0:0:0:0:1]/", "http://[::1]/"],
  ["http://[::FFFF:127.0.0.1]/", "http://[::ffff:7f00:1]/"],
];

/** Each is another server to some parser, or none. */
const REFUSED: ReadonlyArray<readonly [text: string, reason: string]> = [
  ["", SCHEME],
  ["api.example/a", SCHEME],
  ["//api.example/a", SCHEME],
  ["https:api.example", SCHEME],
  ["https:/api.example", SCHEME],
  ["https:///api.example", NO_HOST],
  ["https://", NO_HOST],
  ["ftp://api.example/", SCHEME],
  ["file:///etc/passwd", SCHEME],
  ["javascript:alert(1)", SCHEME],
  ["data:text/plain,hello", SCHEME],
  ["blob:https://api.example/1", SCHEME],
  ["wss://api.example/", SCHEME],
  ["https://api.example@other.example/", USER],
  ["https://user:word@api.example/", USER],
  ["https://@api.example/", USER],
  ["https://api.example:443@other.example/", USER],
  ["https://other.example\\@api.example/", SPACE],
  ["https:\\\\api.example/", SPACE],
  ["https://api.example\\.other.example/", SPACE],
  ["https://api.example/a\\..\\b", SPACE],
  [" https://api.example/", SPACE],
  ["https://api.example/ ", SPACE],
  ["https://api.exa\tmple/", SPACE],
  ["https://api.example/a\nHost: other.example", SPACE],
  ["https://api.example/\r\n", SPACE],
  ["https://api.example\u0000.other.example/", SPACE],
  ["https://api.exam\u00adple/", SPACE],
  ["https://api\u200b.example/", SPACE],
  ["https://api.example/\u202e", SPACE],
  ["https://api.example/\u3000", SPACE],
  ["https://api.example/\ud800", SPACE],
  ["https://api%2eexample/", ESCAPES],
  ["https://api.example%2f.other.example/", ESCAPES],
  ["https://api。example/", DIFFERS],
  ["https://ａpi.example/", DIFFERS],
  ["https://ⓐpi.example/", DIFFERS],
  ["https://℀.example/", NO_HOST],
  ["https://api..example/", DIFFERS],
  ["https://.api.example/", DIFFERS],
  ["https://api!.example/", DIFFERS],
  ["https://api.example./", DOT],
  ["https://localhost./", DOT],
  ["http://127.0.0.1./", DOT],
  ["http://127.1/", UNUSUAL],
  ["http://0x7f.1/", UNUSUAL],
  ["http://0x7f000001/", UNUSUAL],
  ["http://2130706433/", UNUSUAL],
  ["http://017700000001/", UNUSUAL],
  ["http://127.0.0.01/", UNUSUAL],
  ["http://0/", UNUSUAL],
  ["http://１２７.0.0.1/", UNUSUAL],
  ["http://1.2.3.4.5/", NO_HOST],
  ["http://256.0.0.1/", NO_HOST],
  ["http://[::1%25eth0]/", NO_HOST],
  ["http://[::1]x/", NO_HOST],
  ["http://[]/", NO_HOST],
  ["http://[v1.a]/", NO_HOST],
  ["http://::1/", NO_HOST],
  ["https://api.example:/", NO_HOST],
  ["https://api.example:80:443/", NO_HOST],
  ["https://api.example:4x/", NO_HOST],
  ["https://api.example:0/", PORT],
  ["https://api.example:0443/", PORT],
  ["https://api.example:65536/", NO_HOST],
  [`https://${"a".repeat(64)}.example/`, DIFFERS],
  [`https://${"a.".repeat(126)}aaa/`, "has a host of more than 253 characters"],
  [`https://api.example/${"a".repeat(8192)}`, "is longer than 8192 characters"],
];

describe("parseHttpUrl()", () => {
  test.each(CANONICAL)("reads %j as one form", (text, href) => {
    const url = parseHttpUrl(text);
    expect(url).toMatchObject({ href });
    // The form stands for itself.
    expect(parseHttpUrl(href)).toEqual(url);
  });

  test.each(REFUSED)("refuses %j", (text, reason) => {
    expect(parseHttpUrl(text)).toEqual({ unusable: reason });
  });

  test("gives the parts that a request is made of", () => {
    expect(parseHttpUrl("http://API.example:8080/a/b?c=d#e")).toEqual({
      scheme: "http",
      host: "api.example",
      port: 8080,
      origin: "http://api.example:8080",
      path: "/a/b",
      query: "?c=d",
      href: "http://api.example:8080/a/b?c=d",
    });
    expect(parseHttpUrl("https://api.example")).toMatchObject({ port: 443, path: "/", query: "" });
  });
});

test("readAddress() tells addresses from names", () => {
  expect(readAddress("127.0.0.1")).toBe("127.0.0.1");
  expect(readAddress("[::1]")).toBe("::1");
  expect(readAddress("127.0.0.1.example")).toBeUndefined();
});

test("isLocalhost() knows the names of this computer", () => {
  expect(["localhost", "a.localhost"].map(isLocalhost)).toEqual([true, true]);
  expect(["localhost.example", "notlocalhost"].map(isLocalhost)).toEqual([false, false]);
});
