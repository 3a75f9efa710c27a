import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { generateKeyPair, privateKeyToProtobuf } from "@libp2p/crypto/keys";
import { expect, test } from "vitest";
import { makeFolder } from "./folder.testing.ts";
import { startLocalNode } from "./local-node.ts";
import { main } from "./main.ts";

const ONE = "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354";
const TWO = "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi";
const KEY = "k51qzi5uqu5dlvj2baxnqndepeb86cbk3ng7n3i46uzyxzyqj2xjonzllnv0v8";

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function ww(...args: readonly string[]): Promise<Ran> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const signal = AbortSignal.timeout(20_000);
  const code = await main(args, { stdin, stdout, stderr, signal });
  stdout.end();
  stderr.end();
  return { code, out: await text(stdout), err: await text(stderr) };
}

test("ww name publishes at a node, which keeps what it was told over a restart", async () => {
  await using folder = await makeFolder({});
  const key = join(folder.path, "key");
  const start = (port = 0): ReturnType<typeof startLocalNode> =>
    startLocalNode({ port, images: [], stateFolder: () => join(folder.path, "state") });
  const first = await start();
  const at = ["--node", first.url];
  const { out: name, code, err } = await ww("name", "publish", ONE, "--key", key, ...at);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(name).toMatch(/^\/ipns\/k51\w+\n$/);
  expect((await stat(key)).mode & 0o777).toBe(0o600);
  const made = await readFile(key);
  const path = name.trim();
  expect(await ww("name", "resolve", path, ...at)).toMatchObject({ out: `/ipfs/${ONE}\n` });

  const refused = await ww("name", "publish", TWO, "--key", key, "--expect", TWO, ...at);
  expect(refused).toEqual({
    code: 1,
    out: "",
    err: `ww: Cannot publish "${path}": it leads to "/ipfs/${ONE}", not to "/ipfs/${TWO}"\n`,
  });
  const second = await ww("name", "publish", TWO, "--key", key, "--expect", ONE, ...at);
  expect(second.out).toBe(name);
  expect(await readFile(key)).toEqual(made);
  await first[Symbol.asyncDispose]();

  await using again = await start(Number(new URL(first.url).port));
  expect(again.url).toBe(first.url);
  const program = await ww("name", "resolve", `${path}/bin/tool.wasm`, ...at);
  expect(program.out).toBe(`/ipfs/${TWO}/bin/tool.wasm\n`);
});

test("ww name says what is wrong", async () => {
  await using folder = await makeFolder({ key: "nonsense" });
  const rsa = join(folder.path, "rsa");
  await writeFile(rsa, privateKeyToProtobuf(await generateKeyPair("secp256k1")));
  const key = join(folder.path, "key");
  const node = ["--node", "http://127.0.0.1:9/"];
  const cases: [readonly string[], number, RegExp][] = [
    [[], 2, /^ww: Write ww name publish <cid> --key <file>, or/],
    [["publish"], 2, /takes one name/],
    [["publish", ONE], 2, /Name the key: --key <file>/],
    [["publish", "nonsense", "--key", key], 2, /Not a CID/],
    [["publish", KEY, "--key", key], 2, /not to another name/],
    [["publish", `/ipfs/${ONE}/bin/tool.wasm`, "--key", key], 2, /leave out "\/bin\/tool.wasm"/],
    [["publish", ONE, "--key", key], 1, /Cannot use the key in ".*key": ".*" is not a private key/],
    [["publish", ONE, "--key", rsa], 1, /of type secp256k1, and names have Ed25519 keys/],
    [["resolve", ONE], 2, /leads to itself alone/],
    [["resolve", "/ipns/example.org"], 2, /Names of DNS are not resolved/],
    [["resolve", KEY, "--key", key], 2, /takes neither --key nor --expect/],
    [["resolve", KEY, "--node", "ftp://x"], 2, /Not the address of a node/],
    [["resolve", KEY, ...node], 1, /^ww: Cannot resolve "\/ipns\/k51\w+": gateway \S+ cannot be/],
  ];
  for (const [args, code, message] of cases) {
    const ran = await ww("name", ...args);
    expect([ran.code, ran.out]).toEqual([code, ""]);
    expect(ran.err).toMatch(message);
  }
});
