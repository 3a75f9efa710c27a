import { describe, expect, test } from "vitest";
import { encodeLiveLink, parseLiveLink } from "./live-link.ts";

const TOKEN = Uint8Array.from({ length: 16 }, (_, at) => 255 - at);
const TAB = "12D3KooWJiHMdjndkF6ZvJn1TfUqNucbrApSvCwzgtgjvHbXKx46";
const PEER = `/ip4/127.0.0.1/tcp/9797/ws/p2p/12D3KooWRelay/p2p-circuit/webrtc/p2p/${TAB}`;
const path = encodeLiveLink(TOKEN, [PEER]);

describe("parseLiveLink()", () => {
  for (const text of [path, `https://page.example/#${path}`, ` ${path}\n`]) {
    test(`reads back what encodeLiveLink() writes, from ${JSON.stringify(text.slice(0, 12))}`, () => {
      expect(parseLiveLink(text)).toEqual({ type: "live", path, token: TOKEN, peers: [PEER] });
    });
  }

  test("leaves other links to others", () => {
    expect(parseLiveLink("/ipfs/bafy")).toBeUndefined();
    expect(parseLiveLink("https://page.example/live/x")).toBeUndefined();
  });

  for (const text of [
    "/live/",
    "/live/AAAA?peer=%2Fip4%2F1.2.3.4%2Fp2p%2Fx",
    path.replace(/\?.*/, ""),
    `${path}&peer=nonsense`,
    path.slice(0, 20),
    path.slice(0, -1),
    path.slice(0, -40),
    path.slice(0, -47),
    `${path}${"&peer=%2Fa%2Fp2p%2Fb".repeat(8)}`,
    `/live/${"A".repeat(200)}?peer=%2Fa%2Fp2p%2Fb`,
  ]) {
    test(`says that ${JSON.stringify(text.slice(0, 30))} of ${text.length} characters is cut`, () => {
      expect(parseLiveLink(text)).toMatchObject({ type: "unreadable" });
    });
  }
});
