/** Petitions of guests to their owner, by calls and by `etc/grants.json`. */
import { describe, expect, test } from "vitest";
import { encodeText } from "#base";
import { cast, serve } from "#capnp";
import type { Client, Init } from "#capnp";
import { Clock, Folder, HttpClient, Secret } from "#schema";
import type { Choice, ChooserServer, FolderServer, Petition } from "#schema";
import { find, graft, openBench } from "./kernel-bench.testing.ts";
import { createTree } from "./memory-cells.testing.ts";

const FOLDER: FolderServer = {
  list: () => ({ entries: [{ name: "a", which: "file", file: 3 }] }),
  stat: () => ({ entry: { name: "a", which: "file", file: 3 } }),
  read: () => ({ data: encodeText("abc") }),
  write: () => undefined,
  truncate: () => undefined,
  makeFolder: () => undefined,
  remove: () => undefined,
};

/** An owner with an answer for each kind of ask, which records the petitions. */
function createOwner(answers: Readonly<Record<string, () => Init<Choice>>>): {
  readonly asked: { readonly name: string; readonly asker: string; readonly reason: string }[];
  readonly chooser: ChooserServer;
} {
  const asked: { name: string; asker: string; reason: string }[] = [];
  const choose = ({ name, asker, ask }: Petition): { choice: Init<Choice> } => {
    asked.push({ name, asker, reason: ask.reason });
    return { choice: answers[String(ask.which)]?.() ?? { which: "nothing", nothing: "not today" } };
  };
  return {
    asked,
    chooser: { choose, restore: () => ({ choice: { which: "nothing", nothing: "" } }) },
  };
}

const give = (label: string, cap: Client, more = {}): Init<Choice> => ({
  which: "given",
  given: { label, cap, ...more },
});

describe("a powerbox", () => {
  test("gives what the owner designates, narrowed to what was asked for", async () => {
    const owner = createOwner({ folder: () => give("Documents", serve(Folder, FOLDER)) });
    const told: string[] = [];
    await using bench = openBench({
      async main(guest) {
        const { session } = await graft(guest);
        using results = await session.powerbox.request({
          reason: "to read your notes",
          which: "folder",
          folder: { writes: false },
        });
        told.push(results.grant.label);
        using folder = cast(results.grant.cap, Folder);
        told.push((await folder.list("")).entries[0]?.name ?? "");
        await folder
          .write("a", 0, encodeText("x"))
          .catch((error: unknown) => told.push(String(error)));
        return 0;
      },
    });
    const run = bench.start({ chooser: owner.chooser });
    using results = run.run.account();
    expect(await run.outcome).toEqual({ type: "exited", code: 0 });
    expect(owner.asked).toEqual([{ name: "", asker: "/ipfs/bafy", reason: "to read your notes" }]);
    expect(told.slice(0, 2)).toEqual(["Documents", "a"]);
    expect(told[2]).toMatch(
      /permission-denied: Cannot call .* of Documents: the grant does not include it/,
    );
    const lines = (await results.account.log()).lines;
    expect(lines).toContain('"event":"refused"');
    expect(lines).toContain('"label":"Documents"');
  });

  test("narrows further by methods, rules and counts that the owner sets", async () => {
    const get = { name: "get", params: [{ name: "url", hosts: ["api.example"] }] };
    const client = { get: answerOk, post: answerOk, request: answerOk };
    const owner = createOwner({
      http: () =>
        give("An API", serve(HttpClient, client), { narrowing: { methods: [get], calls: 2 } }),
    });
    const told: unknown[] = [];
    await using bench = openBench({
      async main(guest) {
        const { session } = await graft(guest);
        const ask = { reason: "for the weather", which: "http", http: { hosts: [] } } as const;
        using results = await session.powerbox.request(ask);
        using http = cast(results.grant.cap, HttpClient);
        const call = async (url: string): Promise<void> => {
          told.push(await http.get(url, []).then(({ status }) => status, String));
        };
        await call("https://api.example/now");
        await call("https://other.example/");
        await call("https://api.example/again");
        await call("https://api.example/once-more");
        await http
          .post("https://api.example/", [], new Uint8Array())
          .catch((error: unknown) => told.push(String(error)));
        return 0;
      },
    });
    expect(await bench.start({ chooser: owner.chooser }).outcome).toEqual({
      type: "exited",
      code: 0,
    });
    expect(told).toEqual([
      200,
      expect.stringMatching(/"url" breaks the rule "hosts"/),
      200,
      expect.stringMatching(/the limit "calls" is reached/),
      expect.stringMatching(/the grant does not include it/),
    ]);
    // A refusal never contains the argument.
    expect(told.join()).not.toContain("other.example");
  });

  test("refuses by type what the owner does not give, and what makes no sense", async () => {
    const owner = createOwner({});
    const told: string[] = [];
    await using bench = openBench({
      async main(guest) {
        const { session } = await graft(guest);
        const ask = async (ask: Parameters<typeof session.powerbox.request>[0]): Promise<void> => {
          await session.powerbox.request(ask).catch((error: unknown) => told.push(String(error)));
        };
        await ask({ reason: "because", which: "clock" });
        await ask({ reason: "", which: "clock" });
        await ask({ reason: "a\u001b[2J", which: "clock" });
        await ask({ reason: "\u202Egnp.exe", which: "clock" });
        await ask({ reason: "\u3164", which: "clock" });
        await ask({ reason: "x", which: "http", http: { hosts: ["a\u202Eb.example"] } });
        await ask({ reason: "x", which: "http", http: { methods: ["DELETE"] } });
        await ask({ reason: "x", which: "memory", memory: Infinity });
        await ask({ reason: "x", which: "memory", memory: -1 });
        await session.powerbox
          .restore(new Uint8Array(3))
          .catch((error: unknown) => told.push(String(error)));
        expect((await session.executor.echo("on")).response).toBe("Echo: on");
        return 0;
      },
    });
    expect(await bench.start({ chooser: owner.chooser }).outcome).toEqual({
      type: "exited",
      code: 0,
    });
    expect(told).toEqual([
      expect.stringMatching(/denied: the owner gives "\/ipfs\/bafy" no clock: not today/),
      expect.stringMatching(/a reason is one line/),
      expect.stringMatching(/a reason is one line/),
      expect.stringMatching(/a reason is one line/),
      expect.stringMatching(/a reason is one line/),
      expect.stringMatching(/a host is a name/),
      expect.stringMatching(/GET and POST/),
      expect.stringMatching(/memory is a number of bytes/),
      expect.stringMatching(/memory is a number of bytes/),
      expect.stringMatching(/has no grant to restore/),
    ]);
    expect(owner.asked).toHaveLength(1);
  });

  test("refuses everything where nobody is there to answer", async () => {
    await using bench = openBench({
      async main(guest) {
        const { session } = await graft(guest);
        const asking = session.powerbox.request({ reason: "because", which: "clock" });
        await expect(asking).rejects.toThrow("nobody is there to grant it");
        return 0;
      },
    });
    expect(await bench.start().outcome).toEqual({ type: "exited", code: 0 });
  });

  test("takes a question back when its process ends", async () => {
    const { promise: cancelled, resolve } = Promise.withResolvers<void>();
    const { promise: asked, resolve: onAsked } = Promise.withResolvers<void>();
    const chooser: ChooserServer = {
      choose(_, { signal }) {
        signal.addEventListener("abort", () => resolve(), { once: true });
        onAsked();
        return new Promise(() => undefined);
      },
      restore: () => ({ choice: { which: "nothing", nothing: "" } }),
    };
    await using bench = openBench({
      async main(guest) {
        const { session } = await graft(guest);
        void session.powerbox.request({ reason: "x", which: "clock" }).catch(() => undefined);
        await asked;
        return 0;
      },
    });
    expect(await bench.start({ chooser }).outcome).toEqual({ type: "exited", code: 0 });
    await cancelled;
  });
});

describe("etc/grants.json", () => {
  test("asks before the image starts, which has by name what was given", async () => {
    const owner = createOwner({
      clock: () => give("The time", serve(Clock, { now: () => ({ ms: 7 }) })),
    });
    await using bench = openBench({
      async main(guest) {
        const { session } = await graft(guest);
        expect(session.grants.map(({ name }) => name)).toEqual(["time"]);
        using clock = cast(find(session.grants, "time"), Clock);
        expect((await clock.now()).ms).toBe(7);
        using secret = cast(clock, Secret);
        await expect(secret.reveal()).rejects.toThrow("permission-denied");
        return 0;
      },
    });
    const grants = {
      time: { ask: "clock", reason: "to show the time" },
      files: { ask: "folder", reason: "to read", writes: true },
    };
    const run = bench.start({ chooser: owner.chooser, tree: createImage({ grants }) });
    expect(await run.outcome).toEqual({ type: "exited", code: 0 });
    expect(owner.asked.map(({ name }) => name)).toEqual(["time", "files"]);
  });

  test.each([
    ["{", '"etc/grants.json", line 1: not JSON'],
    ['{\n "grant": {}\n}', 'line 2: "grant" is unknown; the known keys are grants, services'],
    ['{"grants":{"a":{}}}', '"grants.a" needs an "ask", one of folder, http'],
    ['{"grants":{"a":{"ask":"clock"}}}', '"grants.a" needs a "reason"'],
    ['{"grants":{"a":{"ask":"clock","reason":"x","hosts":[]}}}', '"grants.a.hosts" is unknown'],
    [
      '{"grants":{"a":{"ask":"folder","reason":"x","writes":1}}}',
      '"grants.a.writes" is not true or false',
    ],
    ['{"grants":{"a":{"ask":"export","reason":"x","interface":"Foo"}}}', "is not an interface id"],
    [
      '{"grants":{"a":{"ask":"clock","reason":"x"},\n"a":{"ask":"clock","reason":"x"}}}',
      'line 2: "grants.a" appears twice',
    ],
    ['{"services":{"web":{"grants":["none"]}}}', 'is not a grant of the image: "none"'],
  ])("starts nothing when it makes no sense: %s", async (text, why) => {
    const owner = createOwner({});
    await using bench = openBench({ main: async () => 0 });
    const run = bench.start({ chooser: owner.chooser, tree: createImage(text) });
    const outcome = await run.outcome;
    expect(outcome).toMatchObject({ type: "failed", reason: expect.stringContaining(why) });
    expect(owner.asked).toEqual([]);
  });
});

function createImage(grants: unknown): ReturnType<typeof createTree> {
  return createTree({
    "bin/main.wasm": "main",
    "etc/grants.json": typeof grants === "string" ? grants : JSON.stringify(grants),
  });
}

function answerOk(): { readonly status: number } {
  return { status: 200 };
}
