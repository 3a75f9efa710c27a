import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createDuplexPair, decodeText, encodeText, Exception } from "#base";
import type { Duplex } from "#base";
import { makeFolder } from "../folder.testing.ts";
import { startLocalNode } from "../local-node.ts";
import type { PageOrder } from "../page-order.ts";
import { findPage } from "./find-page.ts";
import type { FoundPage, NoPage } from "./find-page.ts";
import { startResident } from "./resident.ts";
import type { LentPage, Resident } from "./resident.ts";
import type { BerthOptions } from "./warm-browser.ts";

const IDENTITY = "this build";
const ORDER: PageOrder = { images: [], folders: [], names: [], gateways: [] };

/** Pages without a browser, with nodes that serve. */
interface Bench extends AsyncDisposable {
  readonly folder: string;
  readonly resident: Resident;
  readonly asked: BerthOptions[];
  /** The options of the pages that were taken, in order. */
  readonly pages: Array<{ readonly far: Duplex; breakDown(why: string): void }>;
  readonly givenBack: number;
  find(order?: Partial<PageOrder>, options?: FindMore): Promise<FoundPage | NoPage>;
  /** Resolves when this many pages have been returned. */
  untilGivenBack(count: number): Promise<void>;
}

interface FindMore {
  readonly identity?: string;
  readonly signal?: AbortSignal;
  readonly onConsole?: (text: string) => void;
}

async function openBench(before: (at: number) => Promise<void> = async () => {}): Promise<Bench> {
  const base = await makeFolder({});
  const folder = join(base.path, "ww");
  const asked: BerthOptions[] = [];
  const pages: Bench["pages"] = [];
  const waiting: Array<() => void> = [];
  const counts = { givenBack: 0 };
  const take = async (options: BerthOptions): Promise<LentPage> => {
    asked.push(options);
    await before(asked.length);
    const node = await startLocalNode({ port: 0, images: [], isPrivate: true });
    const [duplex, far] = createDuplexPair(64 * 1024);
    const { promise: broken, reject } = Promise.withResolvers<never>();
    broken.catch(() => undefined);
    pages.push({ far, breakDown: (why) => reject(new Exception("failed", why)) });
    return {
      node,
      duplex,
      broken,
      async [Symbol.asyncDispose]() {
        duplex[Symbol.dispose]();
        await node[Symbol.asyncDispose]();
        counts.givenBack++;
        for (const tell of waiting.splice(0)) tell();
      },
    };
  };
  const resident = await startResident({ folder, identity: IDENTITY, berths: { take } });
  return {
    folder,
    resident,
    asked,
    pages,
    get givenBack() {
      return counts.givenBack;
    },
    find: (order, more) =>
      findPage({ ...ORDER, ...order }, { folder, identity: IDENTITY, ...more }),
    async untilGivenBack(count) {
      while (counts.givenBack < count) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    async [Symbol.asyncDispose]() {
      await resident[Symbol.asyncDispose]();
      await base[Symbol.asyncDispose]();
    },
  };
}

function requireFound(page: FoundPage | NoPage): FoundPage {
  if (page.type === "found") return page;
  throw new Error(page.why);
}

test("findPage() gives a page with the order's images, and its bytes", async () => {
  await using bench = await openBench();
  await using image = await makeFolder({ "etc/motd": "hello" });
  const order = { images: [image.path], folders: [image.path], cells: "jspi" };
  using page = requireFound(await bench.find(order));
  expect(page.images).toEqual([expect.stringMatching(/^\/ipfs\/bafy/)]);
  expect(page.folders).toEqual(page.images);
  expect(bench.asked).toMatchObject([{ cells: "jspi", gateways: [] }]);
  const [{ far }] = bench.pages as [Bench["pages"][0]];
  await page.duplex.sink.write(encodeText("there"));
  expect(decodeText((await far.source.read(9))!)).toBe("there");
  await far.sink.write(encodeText("back"));
  expect(decodeText((await page.duplex.source.read(9))!)).toBe("back");
});

test("findPage() finds no page where no resident is, or one that is not the user's alone", async () => {
  await using base = await makeFolder({ file: "" });
  const at = (path: string): Promise<FoundPage | NoPage> =>
    findPage(ORDER, { folder: join(base.path, path), identity: IDENTITY });
  const nobody = { type: "none", why: "no `ww up --warm` is running" };
  expect(await at("nowhere")).toEqual(nobody);
  expect(await at("")).toEqual(nobody);
  expect(await findPage(ORDER, { folder: undefined, identity: IDENTITY })).toEqual(nobody);
  const why = `${join(base.path, "file")}: it is not a folder`;
  expect(await at("file")).toEqual({ type: "none", why });
});

test("findPage() uses no resident of another build", async () => {
  await using bench = await openBench();
  const found = await bench.find({}, { identity: "another build" });
  expect(found).toEqual({ type: "none", why: "it is of another build of ww" });
  expect(bench.asked).toEqual([]);
});

test("findPage() waits no longer than it says for a resident that is silent", async () => {
  await using base = await makeFolder({});
  const server = createServer((socket) => socket.resume()).listen(join(base.path, "run.sock"));
  await once(server, "listening");
  const options = { folder: base.path, identity: IDENTITY, answerMs: 20 };
  const why = "it has not answered within 0.02 s";
  expect(await findPage(ORDER, options)).toEqual({ type: "none", why });
  await new Promise((resolve) => server.close(resolve));
});

test("findPage() finds no page where the resident has no browser", async () => {
  await using bench = await openBench(async () => {
    throw new Exception("failed", "Cannot start the browser");
  });
  expect(await bench.find()).toEqual({ type: "none", why: "Cannot start the browser" });
});

test("findPage() throws what is wrong with an image, and gives the page back", async () => {
  await using bench = await openBench();
  await expect(bench.find({ images: ["/nowhere"] })).rejects.toThrow('No image at "/nowhere"');
  const name = "/ipfs/bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354";
  await expect(bench.find({ names: [name] })).rejects.toThrow("name a gateway with --gateway");
  await bench.untilGivenBack(2);
});

test("a page is given back when its run has ended, was aborted, or its process is gone", async () => {
  const taking = Promise.withResolvers<void>();
  const going = Promise.withResolvers<void>();
  await using bench = await openBench(async (at) => {
    if (at !== 2) return;
    taking.resolve();
    await going.promise;
  });
  requireFound(await bench.find())[Symbol.dispose]();
  await bench.untilGivenBack(1);
  // The run ends while its page is being opened.
  const stop = new AbortController();
  const finding = bench.find({}, { signal: stop.signal });
  await taking.promise;
  stop.abort(new Error("stopped"));
  await expect(finding).rejects.toThrow("stopped");
  going.resolve();
  await bench.untilGivenBack(2);
  // This is how a killed process leaves its connection.
  const socket = connect(bench.resident.path);
  socket.write(`${JSON.stringify({ identity: IDENTITY, open: ORDER })}\n`);
  while (!String(await once(socket, "data")).includes('"opened"'));
  socket.destroy();
  await bench.untilGivenBack(3);
});

test("a run is told in one sentence that its page, or the resident, has broken down", async () => {
  await using bench = await openBench();
  using first = requireFound(await bench.find());
  using second = requireFound(await bench.find());
  bench.pages[0]?.breakDown("The browser's page crashed");
  await expect(first.broken).rejects.toThrow("The browser's page crashed");
  await bench.resident[Symbol.asyncDispose]();
  await expect(second.broken).rejects.toThrow("The resident browser was stopped");
  expect(bench.givenBack).toBe(2);
});

test("a run is told that its resident was killed", async () => {
  await using base = await makeFolder({});
  const answers = [{ type: "welcome" }, { type: "ready" }];
  const opened = { type: "opened", token: "0", images: [], folders: [] };
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (bytes: Buffer) => {
      if (bytes.includes('"join"')) return lease?.destroy();
      lease = socket;
      for (const answer of [...answers, opened]) socket.write(`${JSON.stringify(answer)}\n`);
    });
  }).listen(join(base.path, "run.sock"));
  let lease: Socket | undefined;
  await once(server, "listening");
  const found = await findPage(ORDER, { folder: base.path, identity: IDENTITY });
  using page = requireFound(found);
  await expect(page.broken).rejects.toThrow("The resident browser went away");
  server.close();
});

test("findPage() passes on what the page writes to its console, if it is asked for", async () => {
  await using bench = await openBench();
  const heard = Promise.withResolvers<string>();
  using page = requireFound(await bench.find({ log: "info" }, { onConsole: heard.resolve }));
  expect(page.type).toBe("found");
  bench.asked[0]?.onConsole?.("a line");
  expect(await heard.promise).toBe("a line");
  using quiet = requireFound(await bench.find());
  expect(quiet.type).toBe("found");
  expect(bench.asked[1]?.onConsole).toBeUndefined();
});

test("startResident() serves no more than 16 runs at once", async () => {
  await using bench = await openBench();
  using stack = new DisposableStack();
  for (let at = 0; at < 16; at++) stack.use(requireFound(await bench.find()));
  expect(await bench.find()).toEqual({ type: "none", why: "it serves 16 runs already" });
  stack.dispose();
  await bench.untilGivenBack(16);
  using next = requireFound(await bench.find());
  expect(next.type).toBe("found");
});

test("startResident() cuts connections that ask for nothing that there is", async () => {
  await using bench = await openBench();
  for (const line of [
    "GET / HTTP/1.1\n",
    "{}\n",
    `${JSON.stringify({ identity: IDENTITY })}\n`,
    `${JSON.stringify({ identity: IDENTITY, join: "guessed" })}\n`,
    "a line without an end ".repeat(100_000),
  ]) {
    const socket = connect(bench.resident.path);
    socket.on("error", () => undefined);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.resume();
    socket.write(line);
    await closed;
  }
  expect(bench.asked).toEqual([]);
});

test("startResident() lets a page be joined once", async () => {
  await using bench = await openBench();
  const lease = connect(bench.resident.path);
  lease.write(`${JSON.stringify({ identity: IDENTITY, open: ORDER })}\n`);
  let token: string | undefined;
  while (token === undefined) {
    token = /"token":"(\w+)"/.exec(String(await once(lease, "data")))?.[1];
  }
  const join = `${JSON.stringify({ identity: IDENTITY, join: token })}\n`;
  const first = connect(bench.resident.path);
  first.write(`${join}hello`);
  expect(decodeText((await bench.pages[0]!.far.source.read(9))!)).toBe("hello");
  const second = connect(bench.resident.path);
  const closed = once(second, "close");
  second.resume();
  second.write(join);
  await closed;
  expect(first.destroyed).toBe(false);
  lease.destroy();
  first.destroy();
});
