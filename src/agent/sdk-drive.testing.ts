/**
 * What programs do with a sandbox by the SDK, in steps that hold for every sandbox that has a shell and the usual tools.
 *
 * Runs in Node and in pages: it takes the SDK's sandbox, and how expectations are checked.
 */
import type { CommandResult, FilesystemEvent, Sandbox } from "e2b";

/** `expect` of Vitest and of Playwright fit. */
export type Expect = (
  actual: unknown,
  message?: string,
) => { toEqual(expected: unknown): void; toMatchObject(expected: object): void };

/** The names of the SDK's own errors, since a page may have another copy of them. */
type ErrorName =
  | "CommandExitError"
  | "FileNotFoundError"
  | "InvalidArgumentError"
  | "NotFoundError"
  | "TimeoutError";

type Step = (sandbox: Sandbox, expect: Expect) => Promise<void>;

/** Each step stands alone, and leaves nothing running. */
export const SDK_STEPS: Readonly<Record<string, Step>> = {
  "is running": async (sandbox, expect) => {
    expect(await sandbox.isRunning(), "isRunning").toEqual(true);
  },

  "runs commands": async (sandbox, expect) => {
    const result = await sandbox.commands.run("echo out; echo err >&2");
    expect(result, "result").toMatchObject({ stdout: "out\n", stderr: "err\n", exitCode: 0 });
    const lines = [
      "if true; then",
      `  echo ${"long ".repeat(100)}`,
      "fi",
      "cat <<EOF",
      "grüße",
      "EOF",
    ];
    const script = await sandbox.commands.run(lines.join("\n"));
    expect(script.stdout, "a script").toEqual(`${"long ".repeat(100).trim()}\ngrüße\n`);
    const failed = await outcome(sandbox.commands.run("echo before; exit 3"));
    expect(failed, "exit 3").toMatchObject({
      name: "CommandExitError",
      exitCode: 3,
      stdout: "before\n",
    });
    const missing = await outcome(sandbox.commands.run("no-such-program-at-all"));
    expect(missing, "missing").toMatchObject({ name: "CommandExitError", exitCode: 127 });
  },

  "has tools that replace files, and know when one would be its own source": async (
    sandbox,
    expect,
  ) => {
    const script =
      "cd /tmp; echo a > f; echo b > g; mv f g; ln g h; cp g h || echo $?; cat g; rm g h";
    const { stdout } = await sandbox.commands.run(script);
    expect(stdout, "stdout").toEqual("1\na\n");
  },

  "gives environment and working directory": async (sandbox, expect) => {
    await sandbox.files.makeDir("drive-cwd/inner");
    const { stdout } = await sandbox.commands.run('echo "$COLOUR"; basename "$(pwd)"', {
      envs: { COLOUR: "blue green" },
      cwd: "drive-cwd/inner",
    });
    expect(stdout, "stdout").toEqual("blue green\ninner\n");
    const nowhere = await outcome(sandbox.commands.run("true", { cwd: "/no/such/place" }));
    expect(nowhere.name, "no such cwd").toEqual("InvalidArgumentError" satisfies ErrorName);
    await sandbox.files.remove("drive-cwd");
  },

  "streams output while a command runs": async (sandbox, expect) => {
    const seen: string[] = [];
    const asked = Promise.withResolvers<void>();
    const handle = await sandbox.commands.run("echo ready; read line; echo got $line", {
      background: true,
      stdin: true,
      onStdout(data) {
        seen.push(data);
        asked.resolve();
      },
    });
    await asked.promise;
    expect(seen, "before the input").toEqual(["ready\n"]);
    await sandbox.commands.sendStdin(handle.pid, "hello\n");
    expect(await handle.wait(), "result").toMatchObject({ stdout: "ready\ngot hello\n" });
  },

  "closes the input of commands": async (sandbox, expect) => {
    const handle = await sandbox.commands.run("cat; echo end", { background: true, stdin: true });
    await sandbox.commands.sendStdin(handle.pid, "one\n");
    await sandbox.commands.closeStdin(handle.pid);
    expect(await handle.wait(), "result").toMatchObject({ stdout: "one\nend\n", exitCode: 0 });
  },

  "lists, connects to and kills commands": async (sandbox, expect) => {
    const handle = await sandbox.commands.run("read line; echo $line", {
      background: true,
      stdin: true,
      envs: { MARK: "listed" },
    });
    const listed = (await sandbox.commands.list()).find(({ pid }) => pid === handle.pid);
    expect(listed, "listed").toMatchObject({
      cmd: "/bin/bash",
      args: ["-l", "-c", "read line; echo $line"],
      envs: { MARK: "listed" },
    });
    const second = await sandbox.commands.connect(handle.pid);
    await sandbox.commands.sendStdin(handle.pid, "both\n");
    expect(await second.wait(), "second").toMatchObject({ stdout: "both\n" });
    expect(await handle.wait(), "first").toMatchObject({ stdout: "both\n" });

    const sleeper = await sandbox.commands.run("sleep 600", { background: true });
    expect(await sandbox.commands.kill(sleeper.pid), "kill").toEqual(true);
    const killed = await outcome(sleeper.wait());
    expect(killed, "killed").toMatchObject({ name: "CommandExitError", exitCode: -1 });
    expect(killed.error, "how it ended").toEqual("signal: killed");
    expect(await sandbox.commands.kill(sleeper.pid), "kill again").toEqual(false);
    const gone = (await sandbox.commands.list()).some(({ pid }) => pid === sleeper.pid);
    expect(gone, "still listed").toEqual(false);
    const late = await outcome(sandbox.commands.connect(0x7fff_fff0));
    expect(late.name, "no such process").toEqual("NotFoundError" satisfies ErrorName);
  },

  "ends commands that take too long": async (sandbox, expect) => {
    const late = await outcome(sandbox.commands.run("sleep 600", { timeoutMs: 300 }));
    expect(late.name, "late").toEqual("TimeoutError" satisfies ErrorName);
    const left = await eventually(async () => {
      const all = await sandbox.commands.list();
      return all.every(({ args }) => !args.includes("sleep 600"));
    });
    expect(left, "the process is gone").toEqual(true);
  },

  "lets commands live on that nobody is attached to": async (sandbox, expect) => {
    // More than any pipe holds: it would wait for a reader.
    const command = "head -c 4000000 /dev/zero; echo done > drive-detached.txt; read line";
    const handle = await sandbox.commands.run(command, { background: true, stdin: true });
    await handle.disconnect();
    const isDone = await eventually(() => sandbox.files.exists("drive-detached.txt"));
    expect(isDone, "went on").toEqual(true);
    const again = await sandbox.commands.connect(handle.pid);
    await sandbox.commands.sendStdin(handle.pid, "\n");
    expect((await again.wait()).exitCode, "exit").toEqual(0);
    await sandbox.files.remove("drive-detached.txt");
  },

  "appends by several commands at a time, and loses nothing": async (sandbox, expect) => {
    const names = ["a", "b", "c"];
    const append = (name: string): Promise<CommandResult> =>
      sandbox.commands.run(`for i in $(seq 200); do echo ${name}$i >> drive-log.txt; done`);
    await Promise.all(names.map(append));
    const lines = (await sandbox.files.read("drive-log.txt")).trim().split("\n");
    const wanted = names.flatMap((name) => Array.from({ length: 200 }, (_, at) => name + (at + 1)));
    expect(lines.toSorted(), "lines").toEqual(wanted.toSorted());
    await sandbox.files.remove("drive-log.txt");
  },

  "writes and reads files": async (sandbox, expect) => {
    const { files } = sandbox;
    const bytes = Uint8Array.from({ length: 70_000 }, (_, at) => at % 251);
    const kinds: readonly [string, string | ArrayBuffer | Blob | ReadableStream][] = [
      ["text", "grüße\n"],
      ["buffer", bytes.buffer],
      ["blob", new Blob([bytes])],
      ["stream", new Blob([bytes]).stream()],
    ];
    for (const [name, data] of kinds) {
      const written = await files.write(`drive-files/${name}`, data);
      expect(written, name).toMatchObject({ name, type: "file" });
    }
    expect(await files.read("drive-files/text"), "text").toEqual("grüße\n");
    for (const name of ["buffer", "blob", "stream"]) {
      const read = await files.read(`drive-files/${name}`, { format: "bytes" });
      expect(equal(read, bytes), name).toEqual(true);
    }
    const blob = await files.read("drive-files/blob", { format: "blob" });
    expect(blob.size, "blob").toEqual(bytes.length);
    const stream = await files.read("drive-files/stream", { format: "stream" });
    const streamed = new Uint8Array(await new Response(stream).arrayBuffer());
    expect(equal(streamed, bytes), "read as a stream").toEqual(true);
    await files.write("drive-files/text", "shorter");
    expect(await files.read("drive-files/text"), "written over").toEqual("shorter");
    await files.write("drive-files/empty", "");
    expect(await files.read("drive-files/empty"), "empty").toEqual("");
    const missing = await outcome(files.read("drive-files/missing"));
    expect(missing.name, "missing").toEqual("FileNotFoundError" satisfies ErrorName);
    const directory = await outcome(files.read("drive-files"));
    expect(directory.name, "directory").toEqual("InvalidArgumentError" satisfies ErrorName);
    await files.remove("drive-files");
  },

  "sends files compressed, several, and with metadata": async (sandbox, expect) => {
    const { files } = sandbox;
    const text = "again and again ".repeat(5000);
    await files.write("drive-more/zipped", text, { gzip: true });
    expect(await files.read("drive-more/zipped"), "gzip").toEqual(text);
    const written = await files.write([
      { path: "drive-more/a/one", data: "1" },
      { path: "drive-more/b/two", data: "2" },
    ]);
    expect(
      written.map(({ name }) => name),
      "several",
    ).toEqual(["one", "two"]);
    expect(await files.read("drive-more/b/two"), "in its directory").toEqual("2");
    await files.write("drive-more/noted", "x", { metadata: { author: "drive" } });
    const info = await files.getInfo("drive-more/noted");
    expect(info, "metadata").toMatchObject({ metadata: { author: "drive" } });
    await files.remove("drive-more");
  },

  "lists, names and moves files": async (sandbox, expect) => {
    const { files } = sandbox;
    expect(await files.makeDir("drive-tree/sub"), "makeDir").toEqual(true);
    expect(await files.makeDir("drive-tree/sub"), "makeDir again").toEqual(false);
    await files.write("drive-tree/file.txt", "12345");
    await files.write("drive-tree/sub/deep.txt", "x");
    const top = await files.list("drive-tree");
    expect(
      top.map(({ name, type }) => [name, type]),
      "list",
    ).toEqual([
      ["file.txt", "file"],
      ["sub", "dir"],
    ]);
    const all = await files.list("drive-tree", { depth: 2 });
    expect(
      all.map(({ name }) => name),
      "list of two levels",
    ).toEqual(["file.txt", "sub", "deep.txt"]);
    const info = await files.getInfo("drive-tree/file.txt");
    expect(info, "info").toMatchObject({
      name: "file.txt",
      type: "file",
      size: 5,
      mode: 0o755,
      permissions: "-rwxr-xr-x",
    });
    expect(await files.exists("drive-tree/file.txt"), "exists").toEqual(true);
    const moved = await files.rename("drive-tree/file.txt", "drive-tree/new/name.txt");
    expect(moved, "rename").toMatchObject({ name: "name.txt", type: "file" });
    expect(await files.exists("drive-tree/file.txt"), "the old name").toEqual(false);
    const missing = await outcome(files.rename("drive-tree/none", "drive-tree/other"));
    expect(missing.name, "rename of nothing").toEqual("FileNotFoundError" satisfies ErrorName);
    await files.remove("drive-tree");
    expect(await files.exists("drive-tree"), "removed").toEqual(false);
    await files.remove("drive-tree");
  },

  "watches directories": async (sandbox, expect) => {
    const { files } = sandbox;
    await files.makeDir("drive-watch/sub");
    const seen: FilesystemEvent[] = [];
    const watcher = await files.watchDir("drive-watch", (event) => void seen.push(event), {
      recursive: true,
    });
    await files.write("drive-watch/new.txt", "x");
    await files.rename("drive-watch/new.txt", "drive-watch/sub/moved.txt");
    await files.remove("drive-watch/sub/moved.txt");
    const wanted = ["create new.txt", "write new.txt", "rename new.txt", "create sub/moved.txt"];
    wanted.push("remove sub/moved.txt");
    const toTexts = (): string[] => seen.map(({ type, name }) => `${type} ${name}`);
    await eventually(async () => toTexts().includes("remove sub/moved.txt"));
    // How many writes a file takes is its system's own.
    const told = toTexts().filter((text) => !text.startsWith("chmod"));
    expect(
      told.filter((text, at) => text !== told[at - 1]),
      "events",
    ).toEqual(wanted);
    await watcher.stop();
    const missing = await outcome(files.watchDir("drive-nowhere", () => undefined));
    expect(missing.name, "missing").toEqual("FileNotFoundError" satisfies ErrorName);
    await files.remove("drive-watch");
  },

  "drives terminals": async (sandbox, expect) => {
    let screen = "";
    const handle = await sandbox.pty.create({
      cols: 80,
      rows: 24,
      timeoutMs: 0,
      onData: (data) => void (screen += new TextDecoder().decode(data)),
    });
    const type = (text: string): Promise<void> =>
      sandbox.pty.sendInput(handle.pid, new TextEncoder().encode(text));
    await type("stty size\n");
    expect(await eventually(async () => screen.includes("24 80")), "size").toEqual(true);
    await sandbox.pty.resize(handle.pid, { cols: 132, rows: 43 });
    await type("stty size\n");
    expect(await eventually(async () => screen.includes("43 132")), "new size").toEqual(true);
    expect(await sandbox.pty.kill(handle.pid), "kill").toEqual(true);
    expect((await outcome(handle.wait())).name, "killed").toEqual("CommandExitError");
  },

  "does many things at once": async (sandbox, expect) => {
    const names = Array.from({ length: 50 }, (_, at) => `drive-many/${at}/file`);
    await Promise.all(names.map((name) => sandbox.files.write(name, name)));
    const read = await Promise.all(names.map((name) => sandbox.files.read(name)));
    expect(read, "files").toEqual(names);
    const runs = Array.from({ length: 8 }, (_, at) => sandbox.commands.run(`echo ${at}`));
    const results: CommandResult[] = await Promise.all(runs);
    expect(
      results.map(({ stdout }) => stdout),
      "commands",
    ).toEqual(runs.map((_, at) => `${at}\n`));
    await sandbox.files.remove("drive-many");
  },
};

/** All steps, one after the other. */
export async function driveSandbox(sandbox: Sandbox, expect: Expect): Promise<void> {
  for (const step of Object.values(SDK_STEPS)) await step(sandbox, expect);
}

/** What a call failed with, or the name that it has none. */
async function outcome(
  call: Promise<unknown>,
): Promise<{ readonly name: string; readonly error?: string }> {
  try {
    await call;
  } catch (reason) {
    if (reason instanceof Error) return reason;
    return { name: `thrown: ${String(reason)}` };
  }
  return { name: "no error" };
}

/** Whether it becomes true within half a minute. */
async function eventually(isTrue: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < 300; tries++) {
    if (await isTrue()) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
