/** Programs as processes of their own: the shell as a component, with a spawner that plays them. */
import { fileURLToPath } from "node:url";
import { createPipe, decodeText, encodeText } from "#base";
import { dup, serve } from "#capnp";
import { connect, createStreamTransport } from "#rpc";
import { ByteStream, HttpClient, InitialGrants, Spawner, type HttpClientServer } from "#schema";
import { beforeAll, expect, test } from "vitest";
import { readText, runComponent } from "../toolchain/run-component.ts";
import { createToolchain } from "../toolchain/toolchain.ts";
import { createPlayedSpawner, PLAYS, readable } from "./spawner.testing.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const COMPONENT = Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0);

let component: Uint8Array;

beforeAll(async () => {
  component = await createToolchain(at("../../.cache/guests/")).component(at("main.ts"), "sandbox");
}, 120_000);

const http: HttpClientServer = {
  async request(method, _url, _headers, body) {
    const { data } = await body.read(100);
    const said = createPipe(1024);
    await said.sink.write(encodeText(`${method} ${decodeText(data)}\n`));
    said.sink.close();
    return { status: 200, headers: [], body: serve(ByteStream, readable(said.source)) };
  },
  get: (url) => ({
    status: 200,
    headers: [{ name: "x-a", value: "b" }],
    body: encodeText(`GET ${url}\n`),
  }),
  post: (url, headers, body) => ({
    status: url.endsWith("/404") ? 404 : 200,
    headers: [],
    body: encodeText(`POST ${headers.map(({ value }) => value).join()} ${decodeText(body)}\n`),
  }),
};

async function open(script: string) {
  const files = Object.fromEntries(Object.keys(PLAYS).map((name) => [`bin/${name}`, COMPONENT]));
  const env = [
    ["PATH", "/bin"],
    ["PWD", "/bin"],
  ] as const;
  const cell = runComponent(component, { args: ["bash", "-c", script], env, files });
  const spawner = createPlayedSpawner(PLAYS);
  const cap = serve(Spawner, spawner);
  const client = serve(HttpClient, http);
  const caps = [
    { name: "spawner", cap },
    { name: "http", cap: client },
  ];
  const get = () => ({ caps: caps.map((one) => ({ ...one, cap: dup(one.cap) })) });
  const grants = serve(InitialGrants, { get });
  const connection = connect(createStreamTransport(cell.rpc), { bootstrap: grants });
  return {
    cell,
    spawner,
    [Symbol.dispose]() {
      connection[Symbol.dispose]();
      grants[Symbol.dispose]();
      cap[Symbol.dispose]();
      client[Symbol.dispose]();
    },
  };
}

async function run(script: string): Promise<string> {
  using opened = await open(script);
  const { cell } = opened;
  const [out, errors, code] = await Promise.all([
    readText(cell.output),
    readText(cell.errors),
    cell.exited,
  ]);
  return `${out}${errors}${code}`;
}

test.each([
  ["a program in a pipe", "echo hello | upper | cat", "HELLO\n0"],
  [
    "its arguments, environment, folder and exit code",
    "cd /; X=5 tell a 'b c' > /dev/null 2>&1; echo $?",
    "9\n0",
  ],
  [
    "its streams as it was told",
    "tell a 2>&1 | cat; X=1 tell 2>&1 >/dev/null | cat",
    "tell|a in /bin\n\nX=1\n0",
  ],
  [
    "an answer by the client that it was granted",
    "curl -s http://a.test/x; curl -si a.test | head -n 2 | tr -d '\\r'",
    "GET http://a.test/x\nHTTP/1.1 200\nx-a: b\n0",
  ],
  [
    "a request with data",
    "curl -fs -H 'content-type: t' -d a=1 -d b=2 http://a.test; echo $?; curl -f -d x http://a.test/404; echo $?",
    "POST t a=1&b=2\n0\n22\ncurl: (22) The requested URL returned error: 404\n0",
  ],
  [
    "answers of the sandbox's own ports, and which is none",
    "curl localhost:8000/a?b; curl -d x '127.0.0.1:8000?c'; curl localhost; echo $?",
    [
      "GET /a?b of localhost:8000  ",
      "POST /?c of 127.0.0.1:8000 content-type=application/x-www-form-urlencoded,content-length=1 x",
      "7",
      "curl: (7) Nothing serves port 80 of the sandbox",
      "0",
    ].join("\n"),
  ],
  [
    "no answer that takes too long, of a port that is none, or to a limit that is none",
    "curl -m 0.2 localhost:8000/never; echo $?; timeout 0.2 curl localhost:8000/never; echo $?; curl localhost:99999; curl -m x a.test; echo $?",
    [
      "28",
      "124",
      "2",
      "curl: (28) Operation timed out after 200 milliseconds",
      "curl: (7) Port 99999 is none: ports are from 1 to 65535",
      'curl: option -m: "x" is not a number of seconds',
      "0",
    ].join("\n"),
  ],
  ["an answer to another method", "curl -X PUT -d text http://a.test", "PUT text\n0"],
  ["a here-document as its input", "upper <<< text | cat", "TEXT\n0"],
  ["its output in a variable", 'x=$(echo a b | upper); echo "[$x]"', "[A B]\n0"],
  [
    "an end by a trap",
    "crash | cat; crash > /dev/null; echo $?",
    "134\nbash: line 1: crash: it ran out of memory\nbash: line 1: crash: it ran out of memory\n0",
  ],
  [
    "a port that nothing serves any more, unless it has said why already",
    "serve 8000 upper <<< text | cat; serve 8001 -- true; echo $?; serve 8002 -- no-such; echo $?",
    [
      "TEXT\n1\n127",
      "bash: line 1: serve: upper has ended, so nothing serves port 8000",
      "bash: line 1: serve: true has ended, so nothing serves port 8001",
      "bash: line 1: no-such: command not found",
      "0",
    ].join("\n"),
  ],
  [
    "an end by a signal",
    'wait() { command wait "$@"; }; /bin/wait > /dev/null & sleep 0.05; kill $!; command wait $!; echo $?',
    "143\n0",
  ],
])("bash gives %s", async (_what, script, said) => {
  expect(await run(script)).toBe(said);
});

test("streams that are the shell's own are inherited, others are piped", async () => {
  using opened = await open("upper 2>/dev/null; echo x | upper > /dev/null");
  const { cell, spawner } = opened;
  await expect.poll(() => spawner.spawned.length).toBeGreaterThan(0);
  // What plays it has no stream of the shell: its own input is nothing here.
  const [first] = spawner.spawned;
  expect([first?.stdin, first?.stdout, first?.stderr]).toEqual([
    "inherited",
    "inherited",
    "nothing",
  ]);
  expect([first?.program, first?.cwd]).toEqual(["/bin/upper", "/bin"]);
  cell.stdin.close();
});

test("a signal reaches the program that is in the foreground of a job", async () => {
  using opened = await open(
    "/bin/wait > /dev/null & sleep 0.05; kill -9 $!; command wait $!; echo $?",
  );
  const { cell, spawner } = opened;
  expect(decodeText(encodeText(await readText(cell.output)))).toBe("137\n");
  expect(spawner.signals).toEqual([9]);
});
