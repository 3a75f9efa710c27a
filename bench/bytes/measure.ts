/** How fast bytes and names travel between a cell and its image, its files and its terminal, beside other hosts. */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { startLocalNode } from "../../src/cli/index.ts";
import { raceTimes, toRow } from "../measure.ts";
import type { Row, Timing } from "../measure.ts";
import { runInJco, runInNode } from "./hosts.ts";
import type { Parts } from "./hosts.ts";
import { LARGE_BYTES, makeBytesImage } from "./images.ts";
import type { BytesImage } from "./images.ts";
import { openBrowser } from "./tabs.ts";
import type { Bare, Tab } from "./tabs.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const RAM_DISK = "/dev/shm";
const MB = 1024 * 1024;
const PIECE = `${64 * 1024}`;
const RANDOM_READS = 2000;
const SPILLED_BYTES = 500 * MB;
const FILES = 10_000;
const STATS = 50_000;
/** JSPI may take half as long again. */
const JSPI_TARGET = 0.67;

interface Bench {
  readonly image: BytesImage;
  /** The image's path in the tabs. */
  readonly layer: string;
  readonly shared: Tab;
  readonly jspi: Tab;
  readonly bare: Bare;
  /** A folder in memory, as the cell's `/tmp` is. */
  readonly ram: string;
  readonly rounds: number;
}

export async function measureBytes(folder: string, { turns }: Timing): Promise<Row[]> {
  const distFolder = join(folder, "dist");
  await build({ root: ROOT, logLevel: "error", build: { outDir: distFolder, emptyOutDir: true } });
  const image = await makeBytesImage(folder);
  await using node = await startLocalNode({ port: 0, images: [image.folder], distFolder });
  const ram = await mkdtemp(join(RAM_DISK, "ww-bytes-"));
  try {
    await using browser = await openBrowser(join(folder, "profile"));
    const bench: Bench = {
      image,
      layer: node.images[0]?.path ?? "",
      shared: await browser.openTab(`${node.url}?cells=shared-memory`),
      jspi: await browser.openTab(`${node.url}?cells=jspi`),
      bare: await browser.openBare(node.url),
      ram,
      rounds: turns,
    };
    return [
      ...(await measureReads(bench)),
      ...(await measureWrites(bench)),
      ...(await measureNames(bench)),
      ...(await measureStdio(bench)),
    ];
  } finally {
    await rm(ram, { recursive: true });
  }
}

async function measureReads({ image, layer, shared, jspi, rounds }: Bench): Promise<Row[]> {
  const rows: Row[] = [];
  const ways = [
    { what: "read the image, 64 KiB", args: ["read", PIECE], target: 1, jspi: JSPI_TARGET },
    { what: "read the image, 4 KiB", args: ["read", "4096"], target: 1, jspi: JSPI_TARGET },
    { what: "read at random, 4 KiB", args: ["random", `${RANDOM_READS}`], target: 0.5, jspi: 0 },
  ];
  for (const { what, args, target, jspi: jspiTarget } of ways) {
    const [how = "", ...rest] = args;
    const times = await raceTimes(
      {
        ours: async () => of(await shared.run(layer, [how, "/large", ...rest]), "read"),
        jspi: async () => of(await jspi.run(layer, [how, "/large", ...rest]), "read"),
        jco: async () => of(await runInJco(image.component, [how, image.large, ...rest]), "read"),
      },
      rounds,
    );
    const bytes = how === "read" ? LARGE_BYTES : RANDOM_READS * 4096;
    rows.push(
      toRate(what, bytes, times.ours, times.jco, "jco run", target),
      toRate(`${what}, JSPI`, bytes, times.jspi, times.ours, "shared memory", jspiTarget),
    );
  }
  return rows;
}

async function measureWrites({ image, layer, shared, bare, ram, rounds }: Bench): Promise<Row[]> {
  const ours = async (bytes: number): Promise<Parts> =>
    shared.run(layer, ["write", "/tmp/large", PIECE, `${bytes}`]);
  const theirs = async (): Promise<Parts> =>
    runInNode(image.core, ["write", join(ram, "large"), PIECE, `${LARGE_BYTES}`]);
  const rows: Row[] = [];
  for (const part of ["write", "read"] as const) {
    const times = await raceTimes(
      {
        ours: async () => of(await ours(LARGE_BYTES), part),
        node: async () => of(await theirs(), part),
      },
      rounds,
    );
    rows.push(toRate(`${part} /tmp`, LARGE_BYTES, times.ours, times.node, "node:wasi", 0.3));
  }
  const times = await raceTimes(
    {
      async ours() {
        const parts = await ours(SPILLED_BYTES);
        return of(parts, "write") + of(parts, "read");
      },
      bare: () => bare.timeFile(SPILLED_BYTES),
    },
    Math.ceil(rounds / 2),
  );
  const spilled = "write 500 MB to /tmp and read them";
  rows.push(toRate(spilled, 2 * SPILLED_BYTES, times.ours, times.bare, "OPFS alone", 0.5));
  return rows;
}

async function measureNames({ image, layer, shared, ram, rounds }: Bench): Promise<Row[]> {
  const args = [`${FILES}`, `${STATS}`];
  const ours: Parts[] = [];
  const theirs: Parts[] = [];
  for (let round = 0; round <= rounds; round++) {
    ours.push(await shared.run(layer, ["names", "/tmp/names", ...args]));
    theirs.push(await runInNode(image.core, ["names", join(ram, "names"), ...args]));
  }
  return (["stat", "create", "list"] as const).map((part) => {
    const [mine, others] = [ours, theirs].map((all) => {
      const sorted = all.slice(1).map((parts) => of(parts, part));
      return sorted.sort((a, b) => a - b)[rounds >> 1] ?? 0;
    }) as [number, number];
    const count = part === "stat" ? STATS : FILES;
    const what = `${part}, thousands per s`;
    return toRow(what, count / mine, count / others, "node:wasi", 1);
  });
}

async function measureStdio({ layer, shared, jspi, bare, rounds }: Bench): Promise<Row[]> {
  const out = ["out", PIECE, `${LARGE_BYTES}`];
  const feed = async (tab: Tab): Promise<number> =>
    of(await tab.feed(layer, ["in", PIECE], LARGE_BYTES), "read");
  const times = await raceTimes(
    {
      out: () => shared.timeOutput(layer, out),
      outJspi: () => jspi.timeOutput(layer, out),
      in: () => feed(shared),
      inJspi: () => feed(jspi),
      moved: () => bare.timeMoved(LARGE_BYTES),
    },
    rounds,
  );
  const toRates = (what: string, ours: number, jspiMs: number): Row[] => [
    toRate(what, LARGE_BYTES, ours, times.moved, "moved messages", 0.3),
    toRate(`${what}, JSPI`, LARGE_BYTES, jspiMs, ours, "shared memory", JSPI_TARGET),
  ];
  return [
    ...toRates("stdout", times.out, times.outJspi),
    ...toRates("stdin", times.in, times.inJspi),
  ];
}

/** The part of that name, in ms. */
function of(parts: Parts, name: string): number {
  const ms = parts[name];
  if (ms === undefined) throw new Error(`The program told no "${name}"`);
  return ms;
}

/** Times as rates: the larger, the better. */
function toRate(
  what: string,
  bytes: number,
  oursMs: number,
  peerMs: number,
  peerName: string,
  target: number,
): Row {
  const perSecond = (ms: number): number => (bytes / MB / ms) * 1000;
  return toRow(`${what}, MB per s`, perSecond(oursMs), perSecond(peerMs), peerName, target);
}
