import { expect, test } from "vitest";
import { loadConfig } from "./config.ts";
import type { PageConfig } from "./config.ts";

const load = (body: string, status = 200): Promise<PageConfig> =>
  loadConfig(
    "config.json",
    async (url) => {
      expect(url).toBe("https://page.example/ww/config.json");
      return new Response(body, { status });
    },
    "https://page.example/ww/#/ipfs/bafy",
  );

test("loadConfig() makes gateways absolute, and needs no more than gateways and relays", async () => {
  const gateways = ["/", "gate", "http://127.0.0.1:8080"];
  expect(await load(JSON.stringify({ gateways, relays: ["/ip4/127.0.0.1"] }))).toEqual({
    gateways: ["https://page.example/", "https://page.example/ww/gate", "http://127.0.0.1:8080/"],
    relays: ["/ip4/127.0.0.1"],
    images: [],
    stallMs: undefined,
    routers: [],
    tables: ["/ww/kad/1.0.0"],
    iceServers: [],
    sandboxes: false,
    namePollMs: 30_000,
  });
  const images = [{ name: "pid0", path: "/ipfs/bafy" }];
  const layer = { name: "bash", path: "/ipfs/bafk", isLayer: true };
  const routers = ["https://page.example/ww/routing/"];
  const tables = ["/ww/kad/1.0.0", "/ipfs/lan/kad/1.0.0"];
  const whole = {
    gateways: [],
    relays: [],
    images,
    stallMs: 500,
    routers,
    tables,
    iceServers: [
      { urls: ["stun:stun.example:3478"] },
      { urls: ["turn:a.example", "turns:a.example"], username: "tab", credential: "secret" },
    ],
    sandboxes: false,
    namePollMs: 200,
  };
  const given = { ...whole, routers: ["routing/"] };
  expect(await load(JSON.stringify({ ...given, images: [...images, layer] }))).toEqual(whole);
  const causeOf = async (servers: unknown): Promise<unknown> => {
    const asked = load(JSON.stringify({ gateways: [], relays: [], iceServers: servers }));
    const reason: unknown = await asked.catch((error: unknown) => error);
    return (reason as Error).cause;
  };
  expect(await causeOf([{ urls: ["https://stun.example"] }])).toMatchObject({
    message:
      '"https://stun.example" in "iceServers" is no address of a STUN or TURN server, such as stun:stun.example:3478',
  });
  expect(await causeOf([{ urls: ["turn:turn.example"] }])).toMatchObject({
    message: '"turn:turn.example" names a TURN server, which needs a username and a credential',
  });
  const forwards = { gateways: [], relays: [], forward: "forward/0123" };
  const forward = "https://page.example/ww/forward/0123";
  expect(await load(JSON.stringify(forwards))).toMatchObject({ forward });
});

test.each([
  ["nothing there", "", 404],
  ["no JSON", "<!doctype html>", 200],
  ["no object", "null", 200],
  ["no relays", '{"gateways": []}', 200],
  ["no texts", '{"gateways": [1], "relays": []}', 200],
  ["no images", '{"gateways": [], "relays": [], "images": ["pid0"]}', 200],
  ["no text", '{"gateways": [], "relays": [], "forward": 1}', 200],
  ["no own", '{"gateways": [], "relays": [], "forward": "https://evil.example/"}', 200],
  ["no routers", '{"gateways": [], "relays": [], "routers": "https://one.example/"}', 200],
  ["no table", '{"gateways": [], "relays": [], "tables": ["/other/kad/1.0.0"]}', 200],
  ["no poll", '{"gateways": [], "relays": [], "namePollMs": 0}', 200],
  ["no servers", '{"gateways": [], "relays": [], "iceServers": {}}', 200],
  ["no address", '{"gateways": [], "relays": [], "iceServers": [{"urls": "stun:x"}]}', 200],
  ["no name", '{"gateways": [], "relays": [], "iceServers": [{"urls": [], "username": 1}]}', 200],
  ["no time", '{"gateways": [], "relays": [], "stallMs": "long"}', 200],
])("loadConfig() says what to do: %s", async (_, body, status) => {
  await expect(load(body, status)).rejects.toMatchObject({
    kind: "failed",
    message:
      'Cannot read the page\'s configuration, "https://page.example/ww/config.json"; reload the page',
  });
});
