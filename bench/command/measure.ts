/** How long a command takes from its start to its end: `ww run` of a small C program, and the help, beside other hosts. */
import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "vite";
import { raceTimes, toRow, toRowAtMost } from "../measure.ts";
import type { Row, Timing } from "../measure.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const WW = join(ROOT, "src/cli/ww.mjs");
const JCO = join(ROOT, "node_modules/.bin/jco");
const IMAGE = join(ROOT, "public/images/hello-c");
const SAID = "HELLO\n";
/** Of each, in the full bench. */
const ROUNDS = 10;

/** The page and the command are built as `npx vite build` does, where `ww` finds them. */
export async function measureCommand(_folder: string, { turns }: Timing): Promise<Row[]> {
  await build({ root: ROOT, logLevel: "error" });
  await promisify(execFile)(process.execPath, [join(ROOT, "guests/build.ts")]);
  if (!existsSync(IMAGE)) throw new Error("The C program is not built, there is no C compiler");
  const runtime = await mkdtemp(join(tmpdir(), "ww-runtime-"));
  try {
    await using warm = await keepWarm(runtime);
    const env = { ...process.env, XDG_RUNTIME_DIR: runtime };
    const ww = (...args: string[]): Promise<number> =>
      time(process.execPath, [WW, ...args], SAID, env);
    const times = await raceTimes(
      {
        cold: () => ww("run", "--cold", IMAGE, "--", "hello"),
        async warm() {
          const tookMs = await ww("run", IMAGE, "--", "hello");
          // Of no other contestant's time.
          await warm.nextPage();
          return tookMs;
        },
        jco: () => time(JCO, ["run", join(IMAGE, "bin/main.wasm"), "hello"], SAID),
        async second() {
          await ww("run", IMAGE, "--", "hello");
          const tookMs = await ww("run", IMAGE, "--", "hello");
          await warm.nextPage();
          await warm.nextPage();
          return tookMs;
        },
        help: () => time(process.execPath, [WW, "--help"], "ww runs code"),
        node: () => time(process.execPath, ["--help"], "Usage: node"),
      },
      turns < ROUNDS / 2 ? turns : ROUNDS,
    );
    return [
      toRowAtMost("ww run, cold, ms", times.cold, times.jco, "jco run", 3.5),
      toRowAtMost("ww run, warm, ms", times.warm, times.jco, "jco run", 1.2),
      toRow("ww run, warm, at once after another, ms", times.second, times.jco, "jco run", 0),
      toRowAtMost("ww --help, ms", times.help, times.node, "node --help", 3),
    ];
  } finally {
    await rm(runtime, { recursive: true });
  }
}

/** @throws {Error} when it fails, or says something else */
async function time(
  file: string,
  args: readonly string[],
  said: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const before = performance.now();
  const running = promisify(execFile)(file, args, { env });
  running.child.stdin?.end();
  const { stdout } = await running;
  const tookMs = performance.now() - before;
  if (!stdout.startsWith(said)) throw new Error(`${file} ${args.join(" ")} says: ${stdout}`);
  return tookMs;
}

interface Warm extends AsyncDisposable {
  /** Resolves when a page more than the last time waits for a run. */
  nextPage(): Promise<void>;
}

async function keepWarm(runtime: string): Promise<Warm> {
  const up = spawn(process.execPath, [WW, "up", "--warm", "--port", "0", "--log", "info"], {
    env: { ...process.env, XDG_RUNTIME_DIR: runtime },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise((resolve) => up.on("exit", resolve));
  const seen = { pages: 0 };
  let waiting: (() => void) | undefined;
  up.stderr.setEncoding("utf8").on("data", (text: string) => {
    seen.pages += text.split("a page waits for the next run").length - 1;
    waiting?.();
  });
  const nextPage = async (): Promise<void> => {
    while (seen.pages === 0) {
      if (up.exitCode !== null) throw new Error("ww up --warm has ended");
      await Promise.race([new Promise<void>((resolve) => (waiting = resolve)), ended]);
    }
    seen.pages--;
  };
  await nextPage();
  return {
    nextPage,
    async [Symbol.asyncDispose]() {
      up.kill("SIGTERM");
      await ended;
    },
  };
}
