import { expect, test } from "vitest";
import { hasCredential, isIceUrl } from "./ice-server.ts";

test.each([
  "stun:stun.example",
  "stun:192.0.2.1:3478",
  "stuns:[2001:db8::1]:5349",
  "turn:turn.example:3478?transport=udp",
  "turns:turn.example?transport=tcp",
])("isIceUrl() takes %s", (url) => expect(isIceUrl(url)).toBe(true));

test.each([
  "stun.example:3478",
  "https://stun.example",
  "stun://stun.example",
  "stun:",
  "stun:stun.example:port",
  "stun:stun.example?transport=udp",
  "turn:turn.example?transport=quic",
  "turn:user@turn.example",
])("isIceUrl() refuses %s", (url) => expect(isIceUrl(url)).toBe(false));

test("hasCredential() asks TURN servers alone for one", () => {
  expect(hasCredential({ urls: ["stun:a", "stuns:b"] })).toBe(true);
  expect(hasCredential({ urls: ["stun:a", "turn:b"] })).toBe(false);
  expect(hasCredential({ urls: ["turns:b"], username: "u" })).toBe(false);
  expect(hasCredential({ urls: ["turns:b"], username: "u", credential: "c" })).toBe(true);
});
