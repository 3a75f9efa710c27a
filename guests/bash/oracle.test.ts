/** Our shell and the machine's bash run the same scripts, each in a folder of its own. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPipe, decodeText, readAll } from "#base";
import { describe, expect, test } from "vitest";
import { createNodeSystem } from "./node-system.testing.ts";
import { fromSink, fromSource } from "./open-files.ts";
import { SCRIPTS } from "./scripts.testing.ts";
import { startShell } from "./start-shell.ts";

const BASH = "/bin/bash";

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

describe.skipIf(!existsSync(BASH))(`what ${BASH} does, ours does too`, () => {
  for (const [subject, scripts] of Object.entries(SCRIPTS)) {
    describe(subject, () => {
      test.for(scripts)("%s", async (script) => {
        const theirs = await inFolder((folder) => runTheirs(script, folder));
        const ours = await inFolder((folder) => runOurs(script, folder));
        expect(ours).toEqual(theirs);
      });
    });
  }
});
