import { describe, expect, test } from "vitest";
import { Exception } from "#base";
import { cast, serve } from "#capnp";
import { Chooser, Clock } from "#schema";
import type { Ask } from "#schema";
import { createChooser } from "./choose.ts";
import type { Designation } from "./designation.ts";

const PEER = "12D3KooWKnDdG3iXw9eTFijk3EWSunZcFi54Zka4wmtqtt6rPxc8";
const RELAY = "12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5";
const ADDRESS = `/ip4/127.0.0.1/tcp/1/ws/p2p/${RELAY}/p2p-circuit/webrtc/p2p/${PEER}`;

const serving = (service: string): Designation => ({
  what: { kind: "peer", address: ADDRESS, service },
  bounds: { calls: 1 },
});

const CLOCK: Ask = { reason: "to tell it", which: "clock", clock: undefined };

function open(designations: Readonly<Record<string, Designation>>): {
  readonly chooser: Chooser;
  readonly told: string[];
  readonly given: boolean[];
  readonly asked: string[];
} {
  const told: string[] = [];
  const given: boolean[] = [];
  const asked: string[] = [];
  const server = createChooser(new Map(Object.entries(designations)), {
    onAnswer(text, isGiven) {
      told.push(text);
      given.push(isGiven);
    },
    onAsk: (name) => void asked.push(name),
    async openService(address, service) {
      if (service === "none") throw new Exception("unimplemented", `The peer does not serve it`);
      return serve(Clock, { now: () => ({ ms: address.length }) });
    },
  });
  return { chooser: serve(Chooser, server), told, given, asked };
}

describe("createChooser()", () => {
  test("tells for which names it was asked", async () => {
    const { chooser, asked } = open({ clock: { what: { kind: "clock" }, bounds: {} } });
    await chooser.choose({ asker: "image", ask: CLOCK });
    await chooser.choose({ asker: "image", name: "mine", ask: CLOCK });
    expect(asked).toEqual(["clock", "mine"]);
  });

  test("ends all that is given of one designation when its time is over", async () => {
    const { chooser } = open({ clock: { what: { kind: "clock" }, bounds: { expiresMs: 0 } } });
    for (let round = 0; round < 2; round++) {
      using results = await chooser.choose({ asker: "image", ask: CLOCK });
      const { choice } = results;
      if (choice.which !== "given") throw new Error("Nothing was given");
      expect(choice.given.narrowing.expiresMs).toBe(0);
      await expect(cast(choice.given.cap, Clock).now()).rejects.toThrow("expired");
    }
  });

  test("bounds all that is given of one designation together", async () => {
    const { chooser } = open({ clock: { what: { kind: "clock" }, bounds: { calls: 2 } } });
    const answers: string[] = [];
    for (let round = 0; round < 3; round++) {
      using results = await chooser.choose({ asker: "image", ask: CLOCK });
      const { choice } = results;
      if (choice.which !== "given") throw new Error("Nothing was given");
      using clock = cast(choice.given.cap, Clock);
      answers.push(await clock.now().then(() => "told", String));
    }
    expect(answers).toEqual(["told", "told", expect.stringMatching(/limit "calls" is reached/)]);
  });

  test("gives what a peer serves, within its bounds, or says why it is not there", async () => {
    const { chooser, told, given } = open({ echo: serving("echo"), none: serving("none") });
    const ask: Ask = { reason: "to call it", which: "peer", peer: "echo" };
    using results = await chooser.choose({ asker: "image", name: "echo", ask });
    const { choice } = results;
    if (choice.which !== "given") throw new Error("Nothing was given");
    expect(choice.given.label).toBe(`Service "echo" of ${PEER}`);
    using clock = cast(choice.given.cap, Clock);
    expect((await clock.now()).ms).toBe(ADDRESS.length);
    await expect(clock.now()).rejects.toThrow('the limit "calls" is reached');
    using refused = await chooser.choose({ asker: "image", name: "none", ask });
    expect(refused.choice).toEqual({
      which: "nothing",
      nothing: "what the owner has designated is missing",
    });
    expect(told[1]).toContain("The peer does not serve it");
    expect(given).toEqual([true, false]);
  });

  test("gives memory and time up to what is designated, all petitions together", async () => {
    const { chooser, told } = open({
      memory: { what: { kind: "memory", most: 3 * 2 ** 20 }, bounds: {} },
      time: { what: { kind: "time", most: Infinity }, bounds: {} },
    });
    const answers: string[] = [];
    const asks: readonly Ask[] = [
      { reason: "to sort", which: "memory", memory: 2 ** 20 },
      { reason: "to sort", which: "memory", memory: 4 * 2 ** 20 },
      { reason: "to sort", which: "memory", memory: 2 * 2 ** 20 },
      { reason: "to sort", which: "memory", memory: 1 },
      { reason: "to sort", which: "time", time: 60 },
    ];
    for (const ask of asks) {
      using results = await chooser.choose({ asker: "image", ask });
      const { choice } = results;
      answers.push(choice.which === "given" ? choice.given.label : String(choice.which));
    }
    expect(answers).toEqual([
      "More memory: 1MiB",
      "nothing",
      "More memory: 2MiB",
      "nothing",
      "More time: 60 s",
    ]);
    expect(told[1]).toContain("3MiB in all are the most");
  });

  test("tells the owner why something is not there, and the image nothing of the computer", async () => {
    const path = "/home/nobody/private-name";
    const { chooser, told } = open({
      data: { what: { kind: "folder", path, writes: false }, bounds: {} },
      key: { what: { kind: "secret", place: { type: "env", name: "WW_NO_KEY" } }, bounds: {} },
    });
    const asks: readonly [name: string, ask: Ask][] = [
      ["data", { reason: "to read", which: "folder", folder: { writes: false } }],
      ["key", { reason: "to log in", which: "secret", secret: undefined }],
    ];
    for (const [name, ask] of asks) {
      using results = await chooser.choose({ asker: "image", name, ask });
      expect(results.choice).toEqual({
        which: "nothing",
        nothing: "what the owner has designated is missing",
      });
    }
    expect(told[0]).toContain(path);
    expect(told[1]).toContain("WW_NO_KEY");
  });
});
