/** What `parseHttpUrl` accepts names the same server to other parsers. */
import { parse } from "node:url";
import { array, assert, constantFrom, oneof, property } from "fast-check";
import { expect, test } from "vitest";
import { parseHttpUrl } from "#http";

const PIECES = [
  "https:// http:// HTTPS:// https: // / \\ ? # @ : 443 :8443",
  "api.example evil.example EVIL 127.0.0.1 0x7f.1 127.1 [::1] [ ] ::",
  ". .. /../ %2e %2f %40 %00 % ; & = + ! _ - xn--",
  "\u0000 \u00ad 。 é ａ ℀ a 1 user localhost",
]
  .flatMap((pieces) => pieces.split(" "))
  .concat([" ", "\t", "\n"]);

/** The generic syntax of URLs. @see RFC 3986, appendix B */
const GENERIC = /^(([^:/?#]+):)?(\/\/([^/?#]*))?([^?#]*)(\?([^#]*))?(#(.*))?/;

const text = array(constantFrom(...PIECES), { minLength: 1, maxLength: 10 }).map((pieces) =>
  pieces.join(""),
);
const withScheme = oneof(
  text,
  text.map((rest) => `https://${rest}`),
  text.map((rest) => `https://api.example${rest}`),
);

test("parseHttpUrl() refuses what other parsers read as another server", () => {
  let accepted = 0;
  assert(
    property(withScheme, (written) => {
      const url = parseHttpUrl(written);
      if ("unusable" in url) return;
      accepted++;
      const generic = GENERIC.exec(written)?.[4]?.toLowerCase().replace(/:\d+$/, "");
      // Only a host name in another script may differ from the written one.
      if (!url.host.includes("xn--")) expect(generic).toBe(url.host);
      expect(GENERIC.exec(url.href)?.[4]?.replace(/:\d+$/, "")).toBe(url.host);
      const bare = url.host.replaceAll(/[[\]]/g, "");
      expect(parse(url.href).hostname).toBe(bare);
      if (!url.host.includes("xn--")) expect(parse(written).hostname?.toLowerCase()).toBe(bare);
    }),
    { numRuns: 20_000, seed: 1 },
  );
  expect(accepted).toBeGreaterThan(500);
});
