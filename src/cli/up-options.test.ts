import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeFolder } from "./folder.testing.ts";
import { parseConfigFile } from "./mesh/config-file.ts";
import { readUpOptions } from "./up-options.ts";
import { UsageError } from "./usage.ts";

const PEER = "/ip4/192.0.2.1/tcp/4001/p2p/12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5";

describe("readUpOptions()", () => {
  test("takes the file's, unless the command line says otherwise", async () => {
    await using folder = await makeFolder({
      "ww.json": JSON.stringify({
        port: 9000,
        listen: ["/ip4/0.0.0.0/tcp/4001", "/ip6/::/tcp/4002/ws"],
        peer: [PEER],
        log: "info",
      }),
    });
    const config = ["--config", join(folder.path, "ww.json")];
    const listen = ["--listen", "/ip4/127.0.0.1/tcp/4003"];
    expect(await readUpOptions([...config, ...listen, "--log", "error"])).toMatchObject({
      port: 9000,
      listen: ["/ip4/127.0.0.1/tcp/4003"],
      peer: [PEER],
      log: "error",
    });
  });

  test("takes how long a warm browser may be idle, from either", async () => {
    await using folder = await makeFolder({ "ww.json": '{ "warm": true, "idle": 60 }' });
    const config = ["--config", join(folder.path, "ww.json")];
    expect(await readUpOptions(config)).toMatchObject({ warm: true, idle: 60 });
    expect(await readUpOptions([...config, "--idle", "5"])).toMatchObject({ idle: 5 });
    expect(await readUpOptions(["--warm"])).toMatchObject({ warm: true, idle: undefined });
  });

  test.each([
    ["--listen", "127.0.0.1:4001", "is no address to listen on"],
    ["--listen", "/ip4/0.0.0.0/udp/4001/quic-v1", "is no address to listen on"],
    ["--listen", "/dns4/node.example/tcp/4001", "is no address to listen on"],
    ["--listen", PEER, "is no address to listen on"],
    ["--listen", "/ip4/0.0.0.0/tcp/443/tls/ws", "needs a certificate: give --cert and --key"],
    ["--announce", PEER, "is no address to announce"],
    ["--peer", "/ip4/192.0.2.1/tcp/4001", "is no peer's address with its id"],
    ["--peer", `${PEER}/p2p-circuit`, "is no peer's address with its id"],
    ["--cert", "cert.pem", "A certificate needs its key: give both --cert and --key"],
    ["--router", "router.example", 'Not the address of a router: "router.example"'],
    ["--log", "loud", '--log "loud" is no level: error, warn, info or debug'],
    ["--port", "70000", "Not a port"],
    ["--idle", "60", "--idle says when the browser of --warm ends: give both"],
    ["--idle", "0", '--idle "0" is no time: whole seconds from 1 to 86400'],
    ["--idle", "1e3", '--idle "1e3" is no time'],
    ["--config", "/nowhere/ww.json", 'Cannot read the file "/nowhere/ww.json" of --config'],
  ])("refuses %s %s", async (option, value, why) => {
    const reading = readUpOptions([option, value]);
    await expect(reading).rejects.toBeInstanceOf(UsageError);
    await expect(reading).rejects.toThrow(why);
  });
});

describe("parseConfigFile()", () => {
  test("reads all options by name, with paths beside the file", () => {
    const text = JSON.stringify({
      port: 0,
      image: ["images/one", "/images/two.car"],
      gateway: ["https://gateway.example"],
      router: ["https://router.example"],
      forward: true,
      state: "state",
      listen: ["/ip4/0.0.0.0/tcp/443/tls/ws"],
      announce: ["/dns4/node.example/tcp/443/tls/ws"],
      peer: [PEER],
      cert: "tls/cert.pem",
      key: "tls/key.pem",
      log: "debug",
      ice: [
        { urls: ["stun:stun.example"] },
        { urls: ["turns:turn.example"], username: "tab", credential: "secret" },
      ],
    });
    expect(parseConfigFile(text, "/etc/ww/ww.json")).toEqual({
      port: 0,
      image: ["/etc/ww/images/one", "/images/two.car"],
      gateway: ["https://gateway.example"],
      router: ["https://router.example"],
      forward: true,
      state: "/etc/ww/state",
      listen: ["/ip4/0.0.0.0/tcp/443/tls/ws"],
      announce: ["/dns4/node.example/tcp/443/tls/ws"],
      peer: [PEER],
      cert: "/etc/ww/tls/cert.pem",
      key: "/etc/ww/tls/key.pem",
      log: "debug",
      ice: [
        { urls: ["stun:stun.example"] },
        { urls: ["turns:turn.example"], username: "tab", credential: "secret" },
      ],
    });
  });

  test.each([
    ["", "not JSON"],
    ['{\n"peers": []}', '"ww.json", line 2: "peers" is unknown; the known keys are port, image'],
    ['{"port":"9000"}', 'line 1: "port" is not a number'],
    ['{"port":1.5}', '"port" is no port: a number from 0 to 65535'],
    ['{"listen":"/ip4/0.0.0.0/tcp/1"}', '"listen" is not a list'],
    ['{"listen":[\n"nowhere"]}', 'line 2: "listen[0]" is no address to listen on'],
    ['{"peer":["/ip4/192.0.2.1/tcp/1"]}', `"peer[0]" is no peer's address with its id`],
    ['{"gateway":["ftp://x"]}', '"gateway[0]" is no address of a gateway'],
    ['{"router":["x"]}', '"router[0]" is no address of a server for delegated routing'],
    ['{"log":"loud"}', '"log" is no level'],
    ['{"forward":1}', '"forward" is not true or false'],
    ['{"ice":[{}]}', '"ice[0]" has no "urls"'],
    ['{"ice":[{"urls":["stun.example"]}]}', '"ice[0].urls[0]" is no address of a STUN or TURN'],
    ['{"ice":[{"urls":["turn:a"]}]}', '"ice[0]" names a TURN server, which needs a username'],
    [
      '{"ice":[{"urls":[],"password":"x"}]}',
      "is unknown; the known keys are urls, username, credential",
    ],
    ['{"cert":"a","cert":"b"}', '"cert" appears twice'],
  ])("says in one sentence where it makes no sense: %j", (text, why) => {
    expect(() => parseConfigFile(text, "ww.json")).toThrow(why);
  });
});
