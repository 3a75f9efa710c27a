import { describe, expect, test } from "vitest";
import { encodeLink, parseImageLink } from "./link.ts";

const CID = "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354";
const PEER = "/ip4/127.0.0.1/tcp/9797/ws/p2p/12D3KooWRelay/p2p-circuit/webrtc/p2p/12D3KooWTab";

describe("parseImageLink()", () => {
  const link = encodeLink([`/ipfs/${CID}`, `/ipfs/${CID}/bin/tool.wasm`], {
    peers: [PEER, `/dns4/relay.example/tcp/443/wss/p2p/12D3KooWRelay`],
    args: ["-v", "two words", "ä&=?#"],
  });
  for (const text of [link, `http://127.0.0.1:9797/#${link}`, ` https://page.example/x#${link} `]) {
    test(`reads back what encodeLink() writes, from ${text.slice(0, 20)}`, () => {
      expect(parseImageLink(text)).toEqual({
        type: "name",
        path: link,
        layers: [`/ipfs/${CID}`, `/ipfs/${CID}/bin/tool.wasm`],
        peers: [PEER, `/dns4/relay.example/tcp/443/wss/p2p/12D3KooWRelay`],
        args: ["-v", "two words", "ä&=?#"],
      });
    });
  }

  test("ignores what it does not know, and leaves no query then", () => {
    expect(parseImageLink(`https://gateway.example/ipfs/${CID}/?format=car&download=true`)).toEqual(
      { type: "name", path: `/ipfs/${CID}`, layers: [`/ipfs/${CID}`], peers: [], args: [] },
    );
  });

  for (const [query, reason] of [
    ["peer=12D3KooWTab", 'Not the address of a peer: "12D3KooWTab"'],
    ["peer=%2Fip4%2F1.2.3.4%2Ftcp%2F1%2Fws", "ends with /p2p/ and an id"],
    ["peer=", 'Not the address of a peer: ""'],
    [`peer=${encodeURIComponent(`/${"x".repeat(2000)}/p2p/1`)}`, "Not the address of a peer"],
    ["layer=nonsense", 'Not a CID: "nonsense"'],
    [Array.from({ length: 9 }, () => `peer=${encodeURIComponent(PEER)}`).join("&"), "has 9 peers"],
    [Array.from({ length: 65 }, () => "arg=x").join("&"), "has 65 arguments"],
    [Array.from({ length: 17 }, () => `layer=${CID}`).join("&"), "has 17 layers"],
  ] as const) {
    test(`refuses ${query.slice(0, 40)}`, () => {
      expect(parseImageLink(`/ipfs/${CID}?${query}`)).toMatchObject({
        type: "unreadable",
        reason: expect.stringContaining(reason),
      });
    });
  }
});
