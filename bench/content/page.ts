/** The page: boots images that it has never seen from its local node, and only fetches and hashes them beside. */
import { loadMatcher, readCar } from "#base";
import { openContent } from "#net";
import type { Content } from "#net";
import { openBlockDatabase } from "../../src/boot/block-database.ts";
import { createImages } from "../../src/boot/images.ts";
import { raceTimes, timed, toRow, toRowAtMost } from "../measure.ts";
import type { Row, Timing } from "../measure.ts";
import { startSampleKernel } from "../sample-kernel.ts";

/** As the page's own. */
const QUIET_MS = 50;

async function measure({ turns }: Timing): Promise<Row[]> {
  const response = await fetch("/config.json");
  const config = (await response.json()) as { readonly images: readonly { path: string }[] };
  const [many = "", large = ""] = config.images.map(({ path }) => path);
  let current: Content | undefined;
  const images = createImages({
    content: {
      get: async () => current ?? Promise.reject(new Error("There is no content")),
      forget: () => undefined,
    },
    resolve: () => Promise.reject(new Error("No name is resolved")),
    isSecure: true,
  });
  using kernel = startSampleKernel(images);
  /** From the order to the program's first byte. */
  const boot = async (path: string): Promise<number> => {
    const name = `bench-${crypto.randomUUID()}`;
    using blockstore = await openBlockDatabase(name);
    await using content = await openContent({
      blockstore,
      gateways: [`${location.origin}/`],
      fetch: (url, init) => fetch(url, init),
      quietMs: QUIET_MS,
    });
    current = content;
    const before = performance.now();
    using booted = kernel.owner.boot({ layers: [path] });
    const { data } = await booted.run.stdout().stream.read(1);
    const passed = performance.now() - before;
    const { outcome } = await booted.run.wait();
    if (data.length === 0) throw new Error(`No byte came: ${JSON.stringify(outcome)}`);
    indexedDB.deleteDatabase(name);
    return passed;
  };

  const small = await raceTimes(
    {
      boot: () => boot(many),
      blocks: () => timed(() => fetchAndHashBlocks(many)),
      whole: () => timed(() => fetchAndHash(many)),
    },
    turns,
  );
  const big = await raceTimes(
    { boot: () => boot(large), whole: () => timed(() => fetchAndHash(large)) },
    turns,
  );
  const first = "first boot of an image";
  return [
    toRowAtMost(
      `${first} of 10 000 files, ms`,
      small.boot,
      small.blocks,
      "CAR fetched, blocks hashed",
      3,
    ),
    toRow(
      `${first} of 10 000 files, ms`,
      small.boot,
      small.whole,
      "CAR fetched, hashed as a whole",
      0,
      small.whole / small.boot,
    ),
    toRowAtMost(`${first} of 100 MB, ms`, big.boot, big.whole, "CAR fetched, hashed as a whole", 2),
  ];
}

async function fetchAndHash(path: string): Promise<void> {
  const response = await fetch(`${path}?format=car&dag-scope=all`, { cache: "no-store" });
  await crypto.subtle.digest("SHA-256", await response.arrayBuffer());
}

/** As a client must that believes no gateway: each block by its own hash. */
async function fetchAndHashBlocks(path: string): Promise<void> {
  const { body } = await fetch(`${path}?format=car&dag-scope=all`, { cache: "no-store" });
  const matches = await loadMatcher();
  const { blocks } = await readCar(readParts(body as ReadableStream<Uint8Array>));
  for await (const { cid, bytes } of blocks) {
    if (!(await matches(cid.multihash, bytes))) throw new Error(`Block ${cid.toString()} is wrong`);
  }
}

/** Not every browser's streams are iterable. */
async function* readParts(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  for (;;) {
    const { value } = await reader.read();
    if (value === undefined) return;
    yield value;
  }
}

Object.assign(globalThis, { measure });
