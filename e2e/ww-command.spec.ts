/** The `ww` command as authors and scripts use it, started as they start it. */
import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { expect } from "playwright/test";
import { nameOf, processesBelow } from "./processes.ts";
import { image, root, start } from "./ww.ts";
import type { Result } from "./ww.ts";
import { test } from "./ww-test.ts";

/** What `ww run` says first where Chromium has no sandbox: for root. */
const ww = (args: readonly string[], input = ""): Promise<Result> => start(args, input).result;

async function makeFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "ww-"));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

test("ww run boots pid0, which starts a child", async () => {
  expect(await ww(["run", image("pid0")])).toMatchObject({ code: 0, out: "CHILD_OK\n" });
});

test("ww run hands arguments and input to a C program", async () => {
  test.skip(!existsSync(image("hello-c")), "hello-c is not built, there is no C compiler");
  const { code, out } = await ww(["run", image("hello-c"), "--", "a", "b"], "hi\n");
  expect({ code, out }).toEqual({ code: 0, out: "A B\nHI\n" });
});

test("ww run on a terminal shows both outputs in the order of their lines", async () => {
  const program = join(root, ".cache/c/files.wasm");
  test.skip(!existsSync(program), "it is not built, there is no C compiler");
  // Of util-linux: what it runs has a terminal for its streams.
  const script = "/usr/bin/script";
  test.skip(!existsSync(script), "there is no command that makes a terminal");
  const line = `node src/cli/ww.mjs run ${program} -- talk 300`;
  const shown = await new Promise<string>((resolve) => {
    execFile(script, ["-qec", line, "/dev/null"], { cwd: root }, (_, out) => resolve(out));
  });
  const lines = Array.from({ length: 300 }, (_, at) => `out ${at} of 300\nerr ${at} of 300\n`);
  // Root's Chromium says first that it has no sandbox.
  expect(shown.replaceAll("\r", "").replace(/^ww: .*\n/, "")).toBe(lines.join(""));
});

test("ww run copies folders in, which the image may write to, and leaves those of the host alone", async () => {
  const program = join(root, ".cache/c/files.wasm");
  test.skip(!existsSync(program), "it is not built, there is no C compiler");
  const files = await makeFolder({});
  const folder = await makeFolder({ "notes/one": "first", ".hidden": "too" });
  try {
    await mkdir(join(files, "bin"));
    await copyFile(program, join(files, "bin/main.wasm"));
    const verbs = ["list", "/", "put", "/srv/data/notes/one", "move", "/srv/data/notes/one"];
    const more = ["list", "/srv/data/notes", "size", "/srv/data/.hidden", "create", "/bin/new"];
    const dir = ["--dir", `${folder}::/srv/data`];
    const { code, out } = await ww(["run", files, ...dir, "--", ...verbs, ...more]);
    const lines = ["bin/ srv/ tmp/ ", "first+line", "moved", "one.moved ", "3 file"];
    expect(out).toBe([...lines, "Read-only file system", ""].join("\n"));
    expect(code).toBe(0);
    expect(await readFile(join(folder, "notes/one"), "utf8")).toBe("first");
    const { code: refused, err } = await ww(["run", files, "--dir", folder]);
    expect(err).toContain("write --dir ./folder::/path/in/the/image");
    expect(refused).toBe(2);
    expect(await ww(["run", files, "--bare", ...dir])).toMatchObject({ code: 2 });
  } finally {
    await Promise.all([files, folder].map((path) => rm(path, { recursive: true })));
  }
});

test("ww run lets an image write more than its memory holds", async () => {
  const program = join(root, ".cache/c/files.wasm");
  test.skip(!existsSync(program), "it is not built, there is no C compiler");
  const files = await makeFolder({});
  try {
    await mkdir(join(files, "bin"));
    await copyFile(program, join(files, "bin/main.wasm"));
    for (const mode of ["shared-memory", "jspi"]) {
      const { code, out } = await ww(["run", files, "--cells", mode, "--", "fill", "/tmp/big"]);
      expect({ code, out }).toEqual({ code: 0, out: "as written\n" });
    }
  } finally {
    await rm(files, { recursive: true });
  }
});

test("ww run --save makes an image of what an image has written", async () => {
  const program = join(root, ".cache/c/files.wasm");
  test.skip(!existsSync(program), "it is not built, there is no C compiler");
  const files = await makeFolder({ "etc/motd": "hello" });
  const folder = await makeFolder({ one: "first" });
  const car = join(folder, "saved.car");
  try {
    await mkdir(join(files, "bin"));
    await copyFile(program, join(files, "bin/main.wasm"));
    const built = await ww(["build", files]);
    const same = await ww(["run", files, "--save", car, "--", "put", "/tmp/gone"]);
    expect(same.err).toContain(`saved /ipfs/${built.out.trim()}\n`);

    // It is there now.
    expect(await ww(["run", files, "--save", car])).toMatchObject({
      code: 1,
      err: `ww: Cannot write "${car}": it exists; replace it with --force\n`,
    });
    const given = ["--writable", "--dir", `${folder}::/srv`, "--save", car, "--force"];
    const verbs = ["put", "/srv/one", "move", "/etc/motd", "create", "/new"];
    const { code, err } = await ww(["run", files, ...given, "--", ...verbs]);
    expect(code).toBe(0);
    expect(err).toMatch(/saved \/ipfs\/bafy\w+\n/);
    expect(err).not.toContain(built.out.trim());
    const looks = ["list", "/", "list", "/etc", "size", "/srv/one", "size", "/new"];
    expect(await ww(["run", car, "--", ...looks])).toMatchObject({
      code: 0,
      out: "bin/ etc/ new srv/ tmp/ \nmotd.moved \n10 file\n0 file\n",
    });
  } finally {
    await Promise.all([files, folder].map((path) => rm(path, { recursive: true })));
  }
});

test("ww run tells a program its path in the image, and one alone its name", async () => {
  const program = join(root, ".cache/c/files.wasm");
  test.skip(!existsSync(program), "it is not built, there is no C compiler");
  const folder = await makeFolder({ "image/etc/motd": "an image has bin/main.wasm" });
  const named = async (path: string): Promise<string> =>
    (await ww(["run", join(folder, path), "--", "name", "/"])).out;
  try {
    for (const path of ["image/bin", "alone/bin"])
      await mkdir(join(folder, path), { recursive: true });
    await copyFile(program, join(folder, "image/bin/main.wasm"));
    await symlink("main.wasm", join(folder, "image/bin/ls.wasm"));
    await copyFile(program, join(folder, "alone/bin/tool.wasm"));
    expect(await named("image/bin/ls.wasm")).toBe("bin/ls.wasm\n");
    expect(await named("alone/bin/tool.wasm")).toBe("tool.wasm\n");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("ww run carries much input and output, and loses nothing", async () => {
  test.skip(!existsSync(image("hello-c")), "hello-c is not built, there is no C compiler");
  const input = "abcdefghij".repeat(200_000);
  const { code, out } = await ww(["run", image("hello-c")], input);
  expect(code).toBe(0);
  expect(out === input.toUpperCase()).toBe(true);
});

test("ww run and ww build take a program as compilers for preview 1 make it", async () => {
  const program = await parse(`(module
    (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (data (i32.const 64) "hello\\n")
    (func (export "_start")
      (i64.store (i32.const 0) (i64.const 0x600000040))
      (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
      (drop (call $sizes (i32.const 16) (i32.const 20)))
      (call $exit (i32.ne (i32.load (i32.const 16)) (i32.const 3)))))`);
  const folder = await makeFolder({});
  try {
    const file = join(folder, "program.wasm");
    await writeFile(file, program);
    expect(await ww(["run", file, "--", "a", "b"])).toEqual({
      code: 0,
      out: "hello\n",
      err: "",
    });
    const car = join(folder, "program.car");
    const built = await ww(["build", file, "-o", car]);
    expect(built).toMatchObject({ code: 0, err: expect.stringContaining("wrapped bin/main.wasm") });
    // It wants two arguments.
    expect(await ww(["run", car])).toMatchObject({ code: 1, out: "hello\n" });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("ww run takes the address of an image at a gateway, and fetches it there", async () => {
  const node = start(["up", "--port", "0", "--image", image("pid0")]);
  await node.printed("pid0\n");
  const [link = ""] = node.out.split(" ");
  for (const address of [link, link.replace("/#/", "/")]) {
    expect(await ww(["run", address])).toMatchObject({ code: 0, out: "CHILD_OK\n" });
  }
  node.stop("SIGTERM");
  await node.result;
});

test("ww run tells an image which of its streams are terminals, and keeps these to the screen", async () => {
  test.skip(!existsSync("/usr/bin/script"), "there is no program that makes a terminal");
  // A letter for each of stdin, stdout and stderr, and a title for the terminal.
  const program = await parse(`(module
    (import "wasi_snapshot_preview1" "fd_fdstat_get" (func $stat (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 64) "___\\1b]0;title\\07\\1b[1m.\\0a")
    (func $look (param $fd i32)
      (drop (call $stat (local.get $fd) (i32.const 128)))
      (if (i32.eq (i32.load8_u (i32.const 128)) (i32.const 2))
        (then (i32.store8 (i32.add (i32.const 64) (local.get $fd)) (i32.const 84)))))
    (func (export "_start")
      (call $look (i32.const 0)) (call $look (i32.const 1)) (call $look (i32.const 2))
      (i64.store (i32.const 0) (i64.const 0x1300000040))
      (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))`);
  const folder = await makeFolder({});
  try {
    const file = join(folder, "program.wasm");
    await writeFile(file, program);
    const title = "\u001b]0;title\u0007";
    expect((await ww(["run", file])).out).toBe(`___${title}\u001b[1m.\n`);
    const onTerminal = async (rest: string): Promise<string> => {
      const command = `node ${join(root, "src/cli/ww.mjs")} run ${file} ${rest}`;
      const child = spawn("/usr/bin/script", ["-qec", command, "/dev/null"], { cwd: root });
      child.stdin.on("error", () => undefined);
      child.stdout.setEncoding("utf8");
      let out = "";
      for await (const text of child.stdout) out += text;
      return out;
    };
    expect(await onTerminal("")).toContain("TTT\u001b[1m.\r\n");
    expect(await onTerminal("--raw")).toContain(`TTT${title}\u001b[1m.\r\n`);
    expect(await onTerminal("< /dev/null 2> /dev/null")).toContain("_T_\u001b[1m.\r\n");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("ww run ends with the exit code of the image", async () => {
  const { code, out } = await ww(["run", image("shell")], "echo hello\nexit 7\n");
  expect(code).toBe(7);
  expect(out).toContain("hello");
});

test("ww run stacks layers, base first, from folders, CARs and CIDs", async () => {
  const layer = await makeFolder({ "etc/motd": "hello" });
  try {
    const car = join(layer, "pid0.car");
    const built = await ww(["build", image("pid0"), "-o", car]);
    expect(built.out).toMatch(/^bafybei\w+\n$/);
    expect(await ww(["run", layer, car])).toMatchObject({ code: 0, out: "CHILD_OK\n" });
    // The node has the layer's blocks, and is asked for them by name the second time.
    const cid = built.out.trim();
    expect(await ww(["run", car, `/ipfs/${cid}`])).toMatchObject({ code: 0, out: "CHILD_OK\n" });
  } finally {
    await rm(layer, { recursive: true });
  }
});

test("ww run says in one sentence what is wrong with an image, and exits with 1", async () => {
  const stranger = "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354";
  const empty = await makeFolder({ "etc/motd": "hello" });
  const junk = await makeFolder({ "bin/main.wasm": "no component" });
  try {
    const cases: [string[], RegExp][] = [
      [["nonsense"], /^ww: No image at "nonsense", and it is not a CID: /],
      [[stranger], new RegExp(`^ww: Cannot fetch "/ipfs/${stranger}": name a gateway with --gate`)],
      [
        [stranger, "--gateway", "http://127.0.0.1:9"],
        new RegExp(
          `^ww: Cannot fetch "${stranger}": .*gateway http://127.0.0.1:9/ cannot be reached`,
        ),
      ],
      [[empty], /^ww: Cannot boot: an image needs a component at bin\/main\.wasm/],
      [[junk], /^ww: Not a WebAssembly component/],
    ];
    for (const [images, sentence] of cases) {
      const { code, out, err } = await ww(["run", ...images]);
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(err).toMatch(sentence);
      expect(err.trimEnd().split("\n")).toHaveLength(1);
    }
  } finally {
    await rm(empty, { recursive: true });
    await rm(junk, { recursive: true });
  }
});

test("ww run ends with its input still open", async () => {
  const { code, out } = await start(["run", image("pid0")]).result;
  expect({ code, out }).toEqual({ code: 0, out: "CHILD_OK\n" });
});

for (const [signal, exitCode] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const) {
  test(`ww run ends with ${exitCode} when ${signal} stops it`, async () => {
    const shell = start(["run", image("shell")]);
    await shell.printed("ww> ");
    shell.stop(signal);
    const { code, err } = await shell.result;
    expect({ code, err }).toEqual({ code: exitCode, err: "" });
  });
}

test("ww run ends when it is stopped, though the browser answers no more", async () => {
  test.skip(!existsSync("/proc/self/status"), "it finds the browser by /proc");
  const shell = start(["run", image("shell")]);
  await shell.printed("ww> ");
  const below = processesBelow(shell.pid);
  for (const pid of below) if (nameOf(pid).startsWith("chrom")) process.kill(pid, "SIGSTOP");
  const before = performance.now();
  shell.stop("SIGTERM");
  expect((await shell.result).code).toBe(143);
  // It is given 2 s.
  expect(performance.now() - before).toBeLessThan(15_000);
  await expect.poll(() => below.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
});

test("ww says so when its output cannot be written", async () => {
  test.skip(!existsSync("/dev/full"), "there is no such device");
  const sentence = "ww: Cannot write the output: ENOSPC: no space left on device, write\n";
  const folder = await makeFolder({ "etc/motd": "hello" });
  try {
    for (const args of [
      ["build", folder, "--layer"],
      ["run", image("pid0")],
    ]) {
      const { code, err } = await start(args, "", { output: "/dev/full" }).result;
      expect(code).toBe(1);
      expect(err.endsWith(sentence)).toBe(true);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("ww up prints a link for each image, serves them, and ends when it is stopped", async ({
  request,
}) => {
  const images = ["pid0", "shell", "bash"].flatMap((name) => ["--image", image(name)]);
  const node = start(["up", "--port", "0", ...images]);
  await node.printed("bash, a layer for sandboxes and other images\n");
  node.stop("SIGTERM");
  const { code, out } = await node.result;
  expect(code).toBe(0);
  const links = out.trimEnd().split("\n");
  expect(links).toHaveLength(3);
  expect(links[2]).toMatch(/^\/ipfs\/bafybei\w+ {2}bash, /);
  expect(links[0]).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#\/ipfs\/bafybei\w+ {2}pid0$/);
  const [address = ""] = (links[0] ?? "").split("#");
  await expect(request.get(address)).rejects.toThrow();
});

test("ww up says which port is taken, and how to choose another", async () => {
  const node = start(["up", "--port", "0", "--image", image("pid0")]);
  await node.printed("pid0\n");
  const port = /:(\d+)\//.exec(node.out)?.[1] ?? "";
  const { code, err } = await ww(["up", "--port", port]);
  expect({ code, err }).toEqual({
    code: 1,
    err: `ww: Cannot start: port ${port} is taken, perhaps by npm start, which runs such a node; choose another with --port\n`,
  });
  node.stop("SIGTERM");
  await node.result;
});
