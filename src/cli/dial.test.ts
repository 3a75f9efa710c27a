import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { decodeText, encodeText, readAll } from "#base";
import type { Duplex } from "#base";
import { serve } from "#capnp";
import type { NetNode } from "#net";
import { connect, createStreamTransport } from "#rpc";
import { Executor } from "#schema";
import { describe, expect, test, vi } from "vitest";
import { makeFolder } from "./folder.testing.ts";
import { startLocalNode } from "./local-node.ts";
import { main } from "./main.ts";
import { addressOf, peerOf, startNative, startTab, until } from "./mesh/native-node.testing.ts";
import { TCP, WEB_SOCKET } from "./mesh/native-node.testing.ts";

vi.setConfig({ testTimeout: 30_000 });

interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function dial(args: readonly string[], input = ""): Promise<Result> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end(input);
  const [out, err] = [text(stdout), text(stderr)];
  const { signal } = new AbortController();
  const code = await main(["dial", ...args], { stdin, stdout, stderr, signal });
  stdout.end();
  stderr.end();
  return { code, out: await out, err: await err };
}

const VAT = "/ww/0.1.0/vat/echo";
const STREAM = "/ww/0.1.0/stream/louder";

function serveEcho(duplex: Duplex): void {
  using echo = serve(Executor, {
    echo: (message) => ({ response: `Echo: ${message}` }),
    runBytes: () => Promise.reject(new Error("nothing is run here")),
  });
  connect(createStreamTransport(duplex), { bootstrap: echo });
}

async function louder(duplex: Duplex): Promise<void> {
  const asked = decodeText(await readAll(duplex.source, 100));
  await duplex.sink.write(encodeText(asked.toUpperCase()));
  duplex.sink.close();
}

/** The services of tabs behind the relays. */
async function serveAll(tab: NetNode): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  stack.use(await tab.serveStreams(VAT, serveEcho));
  stack.use(await tab.serveStreams(STREAM, (duplex) => void louder(duplex)));
  await until(tab, () => tab.addrs().length > 0);
  return stack.move();
}

describe("ww dial", () => {
  test("says who answers at an address, and what it serves", async () => {
    await using node = await startNative({ listen: [TCP] });
    await using serving = await node.streams.listen(VAT, serveEcho);
    const address = addressOf(node, "tcp");
    expect(await dial([address])).toEqual({
      code: 0,
      out: `peer ${peerOf(address)}\naddress ${address}\nagent ww\nserves echo\nserves /ww/kad/1.0.0\n`,
      err: "",
    });
    const opened = await dial([address, "echo"]);
    expect(opened.out.split("\n").at(-2)).toBe("echo answers");
    expect(serving).toBeDefined();
  });

  test("calls what a tab serves, through its relay, however the tab is named", async () => {
    await using node = await startLocalNode({ port: 0, images: [] });
    await using tab = await startTab([node.relay]);
    await using serving = await serveAll(tab);
    const address = `${node.relay}/p2p-circuit/p2p/${tab.peerId.text}`;
    const met = address.replace("/p2p-circuit/", "/p2p-circuit/webrtc/");
    const link = `${node.url}#/ipfs/bafy?peer=${encodeURIComponent(met)}`;
    const live = link.replace("#/ipfs/bafy", "#/live/AAAA");
    for (const named of [[address], [met], [link], [live], [tab.peerId.text, "--via", node.url]]) {
      const { code, out, err } = await dial([...named, "echo", "--echo", "hello"]);
      expect({ code, out }).toEqual({ code: 0, out: "Echo: hello\n" });
      expect(err).toContain(`peer ${tab.peerId.text}\naddress ${address}\n`);
    }
    expect(serving).toBeDefined();
  });

  test("finds a node by its id through its own page", async () => {
    await using node = await startLocalNode({ port: 0, images: [] });
    const { code, out } = await dial([peerOf(node.relay), "--via", node.url, "--timeout", "5"]);
    expect({ code, out }).toMatchObject({ code: 0 });
    expect(out).toContain(`\naddress ${node.relay}\n`);
  });

  test("does not take a stream that opens for an answer", async () => {
    await using node = await startNative({ listen: [TCP] });
    const address = addressOf(node, "tcp");
    await using silent = await node.streams.listen("/ww/0.1.0/vat/silent", () => undefined);
    await using closing = await node.streams.listen(VAT, (duplex) => duplex[Symbol.dispose]());
    expect(await dial([address, "silent", "--timeout", "0.5"])).toMatchObject({
      code: 1,
      err: `ww: Nothing has answered at "${address}" within 0.5 s\n`,
    });
    const { code, err } = await dial([address, "echo"]);
    expect(code).toBe(1);
    expect(err).toMatch(/^ww: (?:Peer|Stream)[^\n]*\n$/);
    expect([silent, closing]).toHaveLength(2);
  });

  test("connects input and output to a byte stream, until that has ended", async () => {
    await using node = await startNative({ listen: [WEB_SOCKET] });
    await using serving = await node.streams.listen(STREAM, (duplex) => void louder(duplex));
    const { code, out } = await dial([addressOf(node, "ws"), "louder", "--stream"], "whisper");
    expect({ code, out }).toEqual({ code: 0, out: "WHISPER" });
    expect(serving).toBeDefined();
  });

  test("is the same peer each time with a state folder, and another without", async () => {
    await using folder = await makeFolder({});
    await using node = await startNative({ listen: [TCP] });
    const seen: string[] = [];
    await using serving = await node.streams.listen(STREAM, (duplex, peer) => {
      seen.push(peer.toString());
      void louder(duplex);
    });
    const args = [addressOf(node, "tcp"), "louder", "--stream"];
    const state = ["--state", folder.path];
    for (const more of [state, state, []]) expect((await dial([...args, ...more])).code).toBe(0);
    expect(seen[1]).toBe(seen[0]);
    expect(seen[2]).not.toBe(seen[0]);
    expect(serving).toBeDefined();
  });

  test("fails with one sentence when there is no such peer, relay or service", async () => {
    await using node = await startLocalNode({ port: 0, images: [] });
    const other = "12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5";
    const reasons: ReadonlyArray<readonly [args: readonly string[], why: RegExp]> = [
      [
        [node.relay, "none"],
        /The peer serves no capability "none"; ww dial without a name says what/,
      ],
      [[node.relay, "none", "--stream"], /The peer serves no byte stream "none"; /],
      [[`${node.relay}/p2p-circuit/p2p/${other}`], /": the relay does not know that peer$/],
      [
        [other, "--via", node.url],
        /": the relay does not know that peer; name a node .* with --via$/,
      ],
      [[other, "--via", "http://127.0.0.1:9/"], /^ww: Cannot ask "http:\/\/127\.0\.0\.1:9\/" for/],
      [["/ip4/127.0.0.1/tcp/9"], /^ww: Cannot connect to "\/ip4\/127\.0\.0\.1\/tcp\/9": .*REFUSED/],
      [[node.relay.replace(/[^/]+$/, other)], /does not match expected remote identity key/],
    ];
    for (const [args, why] of reasons) {
      const { code, err } = await dial(args);
      const sentences = err.trimEnd().split("\n");
      expect({ code, last: sentences.at(-1) }).toEqual({
        code: 1,
        last: expect.stringMatching(why) as string,
      });
      expect(sentences.filter((line) => line.startsWith("ww: "))).toHaveLength(1);
    }
  });

  test("gives up where nothing answers", async () => {
    const silent = createServer((socket) => void socket.resume());
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    try {
      const address = `/ip4/127.0.0.1/tcp/${(silent.address() as AddressInfo).port}`;
      expect(await dial([address, "--timeout", "0.2"])).toEqual({
        code: 1,
        out: "",
        err: `ww: Nothing has answered at "${address}" within 0.2 s\n`,
      });
    } finally {
      await new Promise((resolve) => silent.close(resolve));
    }
  });

  test.each([
    [[], "ww dial takes what to dial"],
    [["nonsense"], 'Nothing to dial: "nonsense"'],
    [["http://127.0.0.1:9797/#/ipfs/bafy"], "Nothing to dial"],
    [["http://127.0.0.1:9797/#/ipfs/bafy?peer=here"], "Nothing to dial"],
    [["/ip4/127.0.0.1/tcp/1/p2p-circuit"], "Nothing to dial"],
    [["/ip4/127.0.0.1/tcp/1", "a/b"], '"a/b" is no name of a service'],
    [["/ip4/127.0.0.1/tcp/1", "--echo", "x"], "--echo and --stream need the name"],
    [["/ip4/127.0.0.1/tcp/1", "x", "--echo", "x", "--stream"], "--echo or --stream"],
    [["/ip4/127.0.0.1/tcp/1", "--via", "here"], '--via "here" is no node'],
    [["/ip4/127.0.0.1/tcp/1", "--timeout", "soon"], 'Not a time limit: "soon"'],
  ])("refuses %j", async (args, why) => {
    const { code, err } = await dial(args);
    expect({ code, why: err.includes(why) }).toEqual({ code: 2, why: true });
  });
});
