/** Sandboxes as their owner drives them: real processes in a real page, over the connection that `ww` has to it. */
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test as base } from "playwright/test";
import { decodeText, encodeText } from "#base";
import { readPieces } from "#caps";
import type { ByteStream, Command, FileChange, Files, Sandbox, SandboxProcess } from "#schema";
import { openRunPage } from "../src/cli/open-run-page.ts";
import { root } from "./ww.ts";

const PROGRAM = join(root, ".cache/c/files.wasm");

interface Opened {
  readonly sandbox: Sandbox;
  readonly files: Files;
  /** Starts a program, and gives how it ended and what it has written. */
  readonly run: (
    command: Partial<Command>,
  ) => Promise<{ readonly out: string; readonly exit: unknown }>;
  readonly spawn: (command: Partial<Command>) => Promise<SandboxProcess>;
}

/** An image without a program of its own, and one program in a folder of it. */
async function makeImage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "ww-sandbox-"));
  await mkdir(join(folder, "etc"));
  await mkdir(join(folder, "usr"));
  await mkdir(join(folder, "usr/bin"));
  await writeFile(join(folder, "etc/motd"), "hello");
  await writeFile(join(folder, "usr/bin/files"), readFileSync(PROGRAM));
  await writeFile(join(folder, "usr/bin/hello"), readFileSync(join(root, ".cache/c/hello-c.wasm")));
  await writeFile(join(folder, "usr/bin/script"), "#! /usr/bin/files size\n");
  return folder;
}

async function readText(stream: ByteStream): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of readPieces(stream)) text += decoder.decode(piece, { stream: true });
  return text;
}

const test = base.extend<{ cells: string; open: () => Promise<Opened> }>({
  cells: ["shared-memory", { option: true }],
  async open({ cells }, use) {
    await using stack = new AsyncDisposableStack();
    const signal = AbortSignal.timeout(50_000);
    const images = [await makeImage()];
    const page = stack.use(
      await openRunPage(
        { images, folders: [], names: [], gateways: [], cells },
        { isCold: true, onCold: () => undefined, onConsole: () => undefined, signal },
      ),
    );
    await use(async () => {
      const { sandbox } = stack.use(await page.owner.sandbox({ layers: page.images }));
      const { files } = stack.use(sandbox.files());
      const { spawner } = stack.use(sandbox.spawner());
      const spawn = async (command: Partial<Command>): Promise<SandboxProcess> =>
        stack.use(await spawner.spawn({ env: ["PATH=/usr/bin"], ...command })).process;
      return {
        sandbox,
        files,
        spawn,
        async run(command) {
          const process = await spawn(command);
          const out = await readText(process.stdout().stream);
          const { exit } = await process.wait();
          return { out, exit: { ...exit } };
        },
      };
    });
  },
});

const OK = { which: "code", code: 0 };

async function upload(files: Files, path: string, text: string): Promise<string> {
  using opened = await files.write(path);
  if (opened.refusal !== "none") return String(opened.refusal);
  await opened.upload.stream().stream.write(encodeText(text));
  using committed = await opened.upload.commit();
  return String(committed.refusal);
}

async function read(files: Files, path: string): Promise<string> {
  using opened = await files.read(path, 0);
  return opened.refusal === "none" ? await readText(opened.stream) : String(opened.refusal);
}

for (const cells of ["shared-memory", "jspi"]) {
  test.describe(`in cells that wait by ${cells},`, () => {
    test.use({ cells });
    test.skip(!existsSync(PROGRAM), "it is not built, there is no C compiler");

    test("processes and their owner see one tree", async ({ open }) => {
      const { files, run } = await open();
      expect(await run({ program: "files", args: ["put", "/etc/motd"] })).toEqual({
        out: "hello+line\n",
        exit: OK,
      });
      expect(await read(files, "/etc/motd")).toBe("hello+line");
      expect(await upload(files, "/a/b", "from the owner")).toBe("none");
      expect(await run({ program: "files", args: ["size", "/a/b"] })).toEqual({
        out: "14 file\n",
        exit: OK,
      });
      // Of another sandbox of the same image, it is as it was.
      const other = await open();
      expect(await read(other.files, "/etc/motd")).toBe("hello");
      expect(await read(other.files, "/a/b")).toBe("noEntry");
    });

    test("a program is found by its path, on PATH, and through a script's first line", async ({
      open,
    }) => {
      const { run } = await open();
      const args = ["size", "/etc/motd"];
      const right = { out: "5 file\n", exit: OK };
      expect(await run({ program: "/usr/bin/files", args })).toEqual(right);
      expect(await run({ program: "bin/files", cwd: "/usr", args })).toEqual(right);
      expect(await run({ program: "script", args: ["size", "/etc/motd"] })).toMatchObject({
        exit: OK,
      });
      await expect(run({ program: "nothing" })).rejects.toThrow(
        '"nothing": it was not found on PATH',
      );
      await expect(run({ program: "/etc/motd" })).rejects.toThrow("Not a WebAssembly component");
      await expect(run({ program: "/etc" })).rejects.toThrow("it is a directory");
      await expect(run({ program: "files", cwd: "relative" })).rejects.toThrow(
        "not an absolute path",
      );
    });

    test("a process is ended by a signal, and the others go on", async ({ open }) => {
      const { spawn, run } = await open();
      // It waits for its input.
      const process = await spawn({ program: "hello", stdin: "piped" });
      await process.signal(15);
      expect({ ...(await process.wait()).exit }).toEqual({ which: "signal", signal: 15 });
      await expect(process.signal(1)).rejects.toThrow("do not know signal 1");
      expect(await run({ program: "files", args: ["size", "/etc/motd"] })).toMatchObject({
        exit: OK,
      });
    });

    test("a terminal has lines that end as terminals want it", async ({ open }) => {
      const { run } = await open();
      const terminal = { columns: 80, rows: 24 };
      const { out } = await run({ program: "files", args: ["talk", "2"], terminal });
      expect(out).toBe("out 0 of 2\r\nerr 0 of 2\r\nout 1 of 2\r\nerr 1 of 2\r\n");
    });

    test("its owner watches, and keeps what became of it as an image", async ({ open }) => {
      const { sandbox, files, run } = await open();
      const told: string[] = [];
      const { promise: done, resolve } = Promise.withResolvers<void>();
      using watching = await files.watch("/tmp", true, {
        changed(changes: readonly FileChange[]) {
          for (const { which, path } of changes) told.push(`${which} ${path}`);
          if (told.at(-1) === "removed tmp/new") resolve();
        },
        lost: () => undefined,
      });
      expect(watching.refusal).toBe("none");
      await run({ program: "files", args: ["put", "/tmp/new"] });
      await run({ program: "files", args: ["unlink", "/tmp/new"] });
      await done;
      expect(told.filter((line, at) => line !== told[at - 1])).toEqual([
        "created tmp/new",
        "written tmp/new",
        "removed tmp/new",
      ]);
      await upload(files, "/kept", "in the image");
      using kept = await sandbox.snapshot();
      expect(kept.path).toMatch(/^\/ipfs\/bafy/);
      const { data } = await kept.car.read(100);
      expect(decodeText(data)).toContain("roots");
    });
  });
}
