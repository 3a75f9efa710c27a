/** Sandboxes, driven by the SDK from Node, by programs of a page, and by their owner. */
import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Sandbox } from "e2b";
import { chromium } from "playwright";
import { build } from "vite";
import { BASE, openPageSandboxes } from "../../src/cli/agent/page-sandboxes.ts";
import { startAgentServer } from "../../src/cli/agent/start-agent-server.ts";
import { chromiumLaunch } from "../../src/cli/chromium.ts";
import { startLocalNode } from "../../src/cli/index.ts";
import { openRunPage } from "../../src/cli/open-run-page.ts";
import { raceTimes, timed, toRow, toRowAtMost } from "../measure.ts";
import type { Row, Timing } from "../measure.ts";
import { measureLarge } from "./large.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const USERLAND = join(ROOT, "public/images/bash");
const FILES = 10_000;
const CHANGED = 10;

/** What the product's page gives to programs. */
interface Scope {
  readonly ww: {
    sandbox(order: { readonly layers: readonly string[] }, name: string): Promise<{ url: string }>;
  };
}

/** The page and the command are built as `npx vite build` does, where `ww` finds them. */
export async function measureSandboxes(folder: string, timing: Timing): Promise<Row[]> {
  await build({ root: ROOT, logLevel: "error" });
  await promisify(execFile)(process.execPath, [join(ROOT, "guests/build.ts")]);
  return [
    await measureCommands(timing),
    ...(await measureFiles(join(folder, "profile"), timing)),
    await measureFork(await makeTree(join(folder, "tree")), timing),
    ...(timing.isLong === true ? await measureLarge() : []),
  ];
}

async function measureCommands({ turns }: Timing): Promise<Row> {
  await using sandboxes = await openPageSandboxes({ userland: USERLAND, gateways: [] });
  await using server = await startAgentServer({ port: 0, sandboxes });
  const running = await sandboxes.create({ template: BASE, env: {} }, {});
  await server.registry.add("bench", running);
  const sandbox = await Sandbox.create({
    debug: true,
    sandboxUrl: `http://127.0.0.1:${server.port}`,
  });
  const native = promisify(execFile);
  const times = await raceTimes(
    {
      sdk: () => timed(() => sandbox.commands.run("true")),
      native: () => timed(() => native("/bin/bash", ["-l", "-c", "true"])),
    },
    turns * 3,
  );
  return toRowAtMost("commands.run of true, ms", times.sdk, times.native, "bash of this system", 5);
}

/** In a page, through the service worker. */
async function measureFiles(profile: string, { turns }: Timing): Promise<Row[]> {
  await using node = await startLocalNode({
    port: 0,
    images: [USERLAND],
    distFolder: join(ROOT, "dist"),
  });
  await rm(profile, { recursive: true, force: true });
  // Other contexts keep in memory what should be on disk.
  const context = await chromium.launchPersistentContext(profile, chromiumLaunch());
  try {
    const owner = await context.newPage();
    await owner.goto(node.url);
    const url = await owner.evaluate(
      async (path) =>
        (await (globalThis as unknown as Scope).ww.sandbox({ layers: [path] }, "bench")).url,
      node.images[0]?.path ?? "",
    );
    const driver = "sandbox/driver.html";
    await context.route(`**/${driver}`, (route) =>
      route.fulfill({ contentType: "text/html", body: "<!doctype html><title>bench</title>" }),
    );
    const page = await context.newPage();
    await page.goto(new URL(driver, node.url).href);
    const race = (name: keyof typeof TRANSFERS): Promise<number> =>
      timed(() => page.evaluate(TRANSFERS[name], url));
    const { upload, write, download, read } = await raceTimes(
      {
        upload: () => race("upload"),
        write: () => race("write"),
        download: () => race("download"),
        read: () => race("read"),
      },
      turns,
    );
    return [
      toRow("upload of 64 MB, ms", upload, write, "OPFS", 0.5, write / upload),
      toRow("download of 64 MB, ms", download, read, "OPFS", 0.5, read / download),
    ];
  } finally {
    await context.close();
  }
}

/** In the page: they know nothing of what is around them. */
const TRANSFERS = {
  async upload(base: string): Promise<void> {
    // As the SDK sends it. Plain bytes take Chromium seconds before a service worker hears of them.
    const body = new Blob([new Uint8Array(64_000_000).fill(1)]);
    const headers = { "content-type": "application/octet-stream" };
    const response = await fetch(`${base}/files?path=/tmp/64`, { method: "POST", body, headers });
    if (!response.ok) throw new Error(await response.text());
  },
  async download(base: string): Promise<void> {
    const response = await fetch(`${base}/files?path=/tmp/64`);
    const { byteLength } = await response.arrayBuffer();
    if (byteLength !== 64_000_000) throw new Error(`${byteLength} bytes came`);
  },
  async write(): Promise<void> {
    const body = new Uint8Array(64_000_000).fill(1);
    const root = await navigator.storage.getDirectory();
    const file = await root.getFileHandle("64", { create: true });
    const writable = await file.createWritable();
    await writable.write(body);
    await writable.close();
  },
  async read(): Promise<void> {
    const root = await navigator.storage.getDirectory();
    const file = await (await root.getFileHandle("64")).getFile();
    const { byteLength } = await file.arrayBuffer();
    if (byteLength !== 64_000_000) throw new Error(`${byteLength} bytes came`);
  },
};

async function measureFork(tree: string, { turns }: Timing): Promise<Row> {
  await using page = await openRunPage(
    { images: [tree], folders: [], names: [], gateways: [] },
    {
      isCold: true,
      onCold: () => undefined,
      onConsole: () => undefined,
      signal: new AbortController().signal,
    },
  );
  using opened = await page.owner.sandbox({ layers: page.images });
  const { sandbox } = opened;
  using access = await sandbox.files();
  const { files } = access;
  let round = 0;
  const change = async (): Promise<void> => {
    round++;
    for (let at = 0; at < CHANGED; at++) {
      using upload = await files.write(`${at * 7}/${at}`);
      await upload.upload.stream().stream.write(new TextEncoder().encode(`${round} ${at}`));
      await upload.upload.commit();
    }
  };
  const times = await raceTimes(
    {
      async fork() {
        await change();
        return timed(async () => {
          using fork = await sandbox.fork();
          using forked = await fork.sandbox.files();
          void forked;
        });
      },
      list: () =>
        timed(async () => {
          using listed = await files.list("/", 10);
          if (listed.entries.length < FILES) throw new Error("The tree is not whole");
        }),
    },
    turns,
  );
  const measure = "fork of 10 000 files, 10 changed, ms";
  return toRowAtMost(measure, times.fork, times.list, "listing them", 1);
}

async function makeTree(folder: string): Promise<string> {
  for (let at = 0; at < 100; at++) {
    await mkdir(join(folder, `${at}`), { recursive: true });
    for (let file = 0; file < FILES / 100; file++) {
      await writeFile(join(folder, `${at}/${file}`), `${at} ${file}`);
    }
  }
  return folder;
}
