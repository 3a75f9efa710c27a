/** `ww run` in the browser that `ww up --warm` keeps. */
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "playwright/test";
import { startWarmBrowser } from "../src/cli/warm/warm-browser.ts";
import { nameOf, processesBelow } from "./processes.ts";
import { image, root, start } from "./ww.ts";
import type { Running } from "./ww.ts";

/** What `ww run` says first where Chromium has no sandbox: for root. */
/** Says why a run has a browser of its own, if it has. */
const COLD = "Starts a browser of its own: ";

/** A browser that is kept for runs which have this folder for their runtime folder. */
interface Warm extends AsyncDisposable {
  readonly up: Running;
  start(args: readonly string[], input?: string): Running;
}

async function keepWarm(...options: string[]): Promise<Warm> {
  const folder = await mkdtemp(join(tmpdir(), "ww-warm-"));
  const env = { XDG_RUNTIME_DIR: folder };
  const up = start(["up", "--warm", "--port", "0", "--log", "info", ...options], "", { env });
  await up.printed(`${folder}/ww/run.sock  for ww run\n`);
  return {
    up,
    start: (args, input) => start(args, input, { env }),
    async [Symbol.asyncDispose]() {
      up.stop("SIGTERM");
      await up.result;
      await rm(folder, { recursive: true });
    },
  };
}

const browsersBelow = (pid: number): number[] =>
  processesBelow(pid).filter((below) => nameOf(below).startsWith("chrom"));

test.describe("with /proc", () => {
  test.skip(!existsSync("/proc/self/status"), "they find the browser by /proc");

  test("ww run uses the browser that ww up --warm keeps, unless it is told not to", async () => {
    await using warm = await keepWarm();
    for (const [options, isCold] of [
      [[], false],
      // A page that has not waited for it.
      [["--cells", "jspi"], false],
      [["--cold"], true],
    ] as const) {
      const shell = warm.start(["run", image("shell"), ...options]);
      await shell.printed("ww> ");
      expect(browsersBelow(shell.pid).length > 0).toBe(isCold);
      shell.stop("SIGINT");
      expect((await shell.result).code).toBe(130);
    }
  });

  test("ww up --warm ends a browser that no run uses, and the next run starts it again", async () => {
    await using warm = await keepWarm("--idle", "1");
    await expect.poll(() => browsersBelow(warm.up.pid)).toEqual([]);
    expect(warm.up.err).toContain("ends the browser, which no run has used for long");
    const shell = warm.start(["run", image("shell")]);
    await shell.printed("ww> ");
    expect(browsersBelow(shell.pid)).toEqual([]);
    // Not while it is used, though others come and go.
    for (let at = 0; at < 2; at++) {
      expect((await warm.start(["run", image("pid0")]).result).code).toBe(0);
    }
    shell.stop("SIGTERM");
    expect((await shell.result).code).toBe(143);
    await expect.poll(() => browsersBelow(warm.up.pid)).toEqual([]);
    warm.up.stop("SIGTERM");
    expect((await warm.up.result).code).toBe(0);
  });

  test("ww run says in one sentence that the resident was killed, and exits with 1", async () => {
    await using warm = await keepWarm();
    const shell = warm.start(["run", image("shell")]);
    await shell.printed("ww> ");
    killAll([warm.up.pid, ...processesBelow(warm.up.pid)]);
    const { code, err } = await shell.result;
    expect({ code, err }).toEqual({
      code: 1,
      err: "ww: The resident browser went away\n",
    });
    // The socket that it leaves leads nowhere.
    const next = await warm.start(["run", image("pid0"), "--verbose"]).result;
    expect(next).toMatchObject({ code: 0, out: "CHILD_OK\n" });
    expect(next.err).toContain(`${COLD}no \`ww up --warm\` is running\n`);
  });

  test("ww run says that the warm browser was killed, and the next run has another", async () => {
    await using warm = await keepWarm();
    const shell = warm.start(["run", image("shell")]);
    await shell.printed("ww> ");
    killAll(browsersBelow(warm.up.pid));
    const { code, err } = await shell.result;
    expect(code).toBe(1);
    expect(err).toMatch(/^(?:ww: Chromium .*\n)?ww: The browser(?: went away|'s page crashed)\n$/);
    const next = await warm.start(["run", image("pid0"), "--verbose"]).result;
    expect(next).toMatchObject({ code: 0, out: "CHILD_OK\n" });
    expect(next.err).not.toContain(COLD);
    warm.up.stop("SIGTERM");
    expect((await warm.up.result).code).toBe(0);
  });
});

test("ww up --warm closes the page of a run whose process was killed", async () => {
  await using warm = await keepWarm();
  const shell = warm.start(["run", image("shell")]);
  await shell.printed("ww> ");
  expect(warm.up.err).not.toContain("a run has ended");
  killAll([shell.pid, ...processesBelow(shell.pid)]);
  await warm.up.printed("a run has ended, and its page with it", "err");
});

test("ww run ends with 1 when ww up --warm is stopped in its middle", async () => {
  await using warm = await keepWarm();
  const shell = warm.start(["run", image("shell")]);
  await shell.printed("ww> ");
  warm.up.stop("SIGTERM");
  const { code, err } = await shell.result;
  expect({ code, err }).toEqual({
    code: 1,
    err: "ww: The resident browser was stopped\n",
  });
  expect((await warm.up.result).code).toBe(0);
});

test("ww up --warm leaves the browser to the one that keeps it already", async () => {
  await using warm = await keepWarm();
  const second = await warm.start(["up", "--warm", "--port", "0"]).result;
  expect(second).toEqual({
    code: 1,
    out: "",
    err: "ww: Cannot keep a browser warm: another `ww up --warm` of yours keeps one already; stop that first\n",
  });
  const run = await warm.start(["run", image("pid0"), "--verbose"]).result;
  expect(run).toMatchObject({ code: 0, out: "CHILD_OK\n" });
  expect(run.err).not.toContain(COLD);
});

test("runs in a warm browser at once and in turn find nothing of each other", async () => {
  const program = join(root, ".cache/c/files.wasm");
  test.skip(!existsSync(program), "it is not built, there is no C compiler");
  await using warm = await keepWarm();
  const files = await mkdtemp(join(tmpdir(), "ww-"));
  try {
    await mkdir(join(files, "bin"));
    await copyFile(program, join(files, "bin/main.wasm"));
    const run = async (): Promise<string> => {
      const verbs = ["list", "/tmp", "list", "/", "create", "/tmp/own", "create", "/own"];
      const ran = await warm.start(["run", files, "--writable", "--", ...verbs]).result;
      expect(ran.code).toBe(0);
      return ran.out;
    };
    const outs = [...(await Promise.all([run(), run(), run()])), await run()];
    expect(new Set(outs).size).toBe(1);
    expect(outs[0]).not.toContain("own");
  } finally {
    await rm(files, { recursive: true });
  }
});

test("startWarmBrowser() gives each page a context with storage of its own", async () => {
  await using browser = await startWarmBrowser(() => undefined);
  await browser.prepare();
  await using first = await browser.open({ gateways: [] });
  await browser.prepare();
  await using second = await browser.open({ gateways: [] });
  await using third = await browser.open({ gateways: [], cells: "jspi" });
  // The ports differ, which cookies do not care for.
  const look = "document.cookie";
  for (const { page } of [first, second, third]) {
    expect(await page.evaluate(look)).toBe("");
    await page.evaluate(`${look} = "seen=1"`);
    expect(await page.evaluate(look)).toBe("seen=1");
  }
  expect(new Set([first, second, third].map(({ page }) => page.context())).size).toBe(3);
});

/** Some end by themselves as soon as the first is gone. */
function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (reason) {
      if ((reason as NodeJS.ErrnoException).code !== "ESRCH") throw reason;
    }
  }
}
