import { describe, expect, test } from "vitest";
import { explainLocalNetwork } from "./local-network.ts";

const page = (pageHost: string, state?: PermissionState) => ({
  pageHost,
  readPermission: async (): Promise<PermissionState> => {
    if (state === undefined) throw new TypeError("no such permission");
    return state;
  },
});
const at = (host: string): string[] => [`/ip4/${host}/tcp/9797/ws/p2p/12D3KooW`];

describe("explainLocalNetwork()", () => {
  for (const host of ["127.0.0.1", "10.1.2.3", "192.168.0.9", "172.16.0.1", "172.31.255.1"]) {
    test(`says that the browser asks before it reaches ${host}`, async () => {
      expect(await explainLocalNetwork(at(host), page("ww.example", "prompt"))).toBe(
        `The browser asks whether this page may reach your own network: a relay is there, at ${host}`,
      );
    });
  }

  for (const address of [
    "/dns4/localhost/tcp/1/ws",
    "/ip6/::1/tcp/1/ws",
    "/ip6/fd00::1/tcp/1/ws",
  ]) {
    test(`knows ${address} as local, and says what a refusal means`, async () => {
      expect(await explainLocalNetwork([address], page("ww.example", "denied"))).toMatch(
        /^The browser blocks this page from the relay at \S+, in your own network: allow it/,
      );
    });
  }

  test("says nothing of the internet, of a local page, or where it is allowed or not asked", async () => {
    for (const host of ["1.2.3.4", "172.32.0.1", "11.0.0.1", "193.168.0.1"]) {
      expect(await explainLocalNetwork(at(host), page("ww.example", "prompt"))).toBe("");
    }
    expect(await explainLocalNetwork(at("127.0.0.1"), page("localhost", "prompt"))).toBe("");
    expect(await explainLocalNetwork(at("127.0.0.1"), page("192.168.1.1", "prompt"))).toBe("");
    expect(await explainLocalNetwork(at("127.0.0.1"), page("ww.example", "granted"))).toBe("");
    expect(await explainLocalNetwork(at("127.0.0.1"), page("ww.example"))).toBe("");
    expect(await explainLocalNetwork([], page("ww.example", "prompt"))).toBe("");
  });
});
