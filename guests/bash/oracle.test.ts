/** Our shell and the machine's bash run the same scripts, each in a folder of its own. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createPipe, decodeText, readAll } from "#base";
import { beforeAll, describe, expect, test } from "vitest";
import { readText, runComponent } from "../toolchain/run-component.ts";
import { createToolchain } from "../toolchain/toolchain.ts";
import { createNodeSystem } from "./node-system.testing.ts";
import { fromSink, fromSource } from "./open-files.ts";
import { SCRIPTS } from "./scripts.testing.ts";
import { startShell } from "./start-shell.ts";

const BASH = "/bin/bash";
/** What has to do with files, streams and time is tried in a cell as well. */
const IN_CELL = ["pipelines", "redirections", "jobs", "tools"];

interface Ran {
  readonly out: string;
  readonly status: number;
  readonly complained: boolean;
}

const environment = (folder: string): Record<string, string> => ({
  PATH: "/usr/bin:/bin",
  HOME: folder,
  PWD: folder,
  LC_ALL: "C.UTF-8",
  TZ: "UTC",
});

/** A new one each time, with the same path for both. */
async function inFolder(run: (folder: string) => Promise<Ran>): Promise<Ran> {
  const outer = mkdtempSync(join(tmpdir(), "ww-bash-"));
  const folder = join(outer, "work");
  mkdirSync(folder);
  try {
    const ran = await run(folder);
    return { ...ran, out: ran.out.replaceAll(outer, "") };
  } finally {
    rmSync(outer, { recursive: true, force: true });
  }
}

async function runOurs(script: string, folder: string): Promise<Ran> {
  const stdin = createPipe(1024);
  const out = createPipe(1 << 20);
  const err = createPipe(1 << 20);
  stdin.sink.close();
  const [status, said, complaints] = await Promise.all([
    startShell({
      system: createNodeSystem(),
      argv: ["bash", "-c", script],
      env: new Map(Object.entries(environment(folder))),
      files: [fromSource(stdin.source), fromSink(out.sink), fromSink(err.sink)],
    }),
    readAll(out.source, 1 << 24),
    readAll(err.source, 1 << 24),
  ]);
  return { out: decodeText(said), status, complained: complaints.length > 0 };
}

let component: Uint8Array;

/** The same as a component, over a tree in memory. */
async function runInCell(script: string): Promise<Ran> {
  const empty = new Uint8Array(0);
  const cell = runComponent(component, {
    args: ["bash", "-c", script],
    env: Object.entries(environment("/work")),
    files: { "work/.keep": empty, "tmp/.keep": empty, "bin/sh": empty },
    writable: true,
  });
  cell.stdin.close();
  const [out, complaints, status] = await Promise.all([
    readText(cell.output),
    readText(cell.errors),
    cell.exited,
  ]);
  return { out, status, complained: complaints !== "" };
}

function runTheirs(script: string, folder: string): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { cwd: folder, env: environment(folder), timeout: 10_000 };
    const child = execFile(BASH, ["-c", script], options, (error, stdout, stderr) => {
      const code = error?.code;
      const status = error === null ? 0 : typeof code === "number" ? code : -1;
      resolve({ out: stdout, status, complained: stderr.length > 0 });
    });
    child.stdin?.end();
  });
}

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

beforeAll(async () => {
  const toolchain = createToolchain(file("../../.cache/guests/"));
  component = await toolchain.component(file("main.ts"), "sandbox");
}, 120_000);

describe.skipIf(!existsSync(BASH))(`what ${BASH} does, ours does too`, () => {
  for (const [subject, scripts] of Object.entries(SCRIPTS)) {
    describe(subject, () => {
      test.for(scripts)("%s", async (script) => {
        const theirs = await inFolder((folder) => runTheirs(script, folder));
        const ours = await inFolder((folder) => runOurs(script, folder));
        expect(ours).toEqual(theirs);
        if (IN_CELL.includes(subject)) expect(await runInCell(script)).toEqual(theirs);
      });
    });
  }
});
