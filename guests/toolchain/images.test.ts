/** Our own guests, as they are in their images, on connections of the rooms' own RPC. */
import { fileURLToPath } from "node:url";
import { encodeText } from "#base";
import { base58btc } from "multiformats/bases/base58";
import { beforeAll, expect, test } from "vitest";
import { readText } from "./run-component.ts";
import { bootImage, PEER_ID } from "./test-node.ts";
import { createToolchain } from "./toolchain.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const peerText = base58btc.baseEncode(PEER_ID);

const built: Record<string, Uint8Array> = {};

beforeAll(async () => {
  const toolchain = createToolchain(at("../../.cache/guests/"));
  for (const name of ["pid0", "child-echo", "shell"]) {
    built[name] = await toolchain.component(at(`../${name}/main.ts`));
  }
}, 60_000);

function boot(name: string, env: ReadonlyArray<readonly [string, string]> = []) {
  const { [name]: main, "child-echo": child } = built;
  if (main === undefined || child === undefined) throw new Error(`${name} was not built`);
  const broken = encodeText("no component");
  return bootImage({
    env,
    files: { "bin/main.wasm": main, "bin/child-echo.wasm": child, "bin/broken.wasm": broken },
  });
}

/** What the shell writes when these bytes are its input. */
async function shell(input: string, env?: ReadonlyArray<readonly [string, string]>) {
  using image = boot("shell", env);
  await image.main.stdin.write(encodeText(input));
  image.main.stdin.close();
  const [output, errors] = await Promise.all([
    readText(image.main.output),
    readText(image.main.errors),
  ]);
  return { output, errors, code: await image.main.exited };
}

test("an image of two programs has less than 2 MB", () => {
  const { shell: main, "child-echo": child } = built;
  expect((main?.length ?? 0) + (child?.length ?? 0)).toBeLessThan(2_000_000);
});

test("pid0 grafts, starts its child, copies its output and ends as it does", async () => {
  using image = boot("pid0");
  expect(await readText(image.main.output)).toBe("CHILD_OK\n");
  expect(await readText(image.main.errors)).toBe("pid0: grafted in epoch 42\n");
  expect(await image.main.exited).toBe(0);
});

test("pid0 leaves nothing in the tables of its host", async () => {
  using image = boot("pid0");
  await image.main.exited;
  await image.connection.closed;
  expect(image.connection.tableSizes).toEqual({ questions: 0, answers: 0, exports: 0, imports: 0 });
});

test("the shell answers line by line, and ends with the code it is told", async () => {
  const { output, code } = await shell("echo one  two\nid\npeers\n\nexit 7\necho never\n");
  expect(output).toBe(`ww> Echo: one two\nww> ${peerText}\nww> ${peerText}\nww> ww> `);
  expect(code).toBe(7);
});

test("the shell lists and shows the files of its image, and says plainly what is wrong", async () => {
  const { output, errors } = await shell(
    "ls\nls bin\ncat bin/broken.wasm\nls nowhere\nls bin/main.wasm\ncat bin\ncat\n",
  );
  const bin = "broken.wasm\nchild-echo.wasm\nmain.wasm\n";
  expect(output).toBe(`ww> bin/\ntmp/\nww> ${bin}ww> no component\nww> ww> ww> ww> ww> \n`);
  expect(errors).toBe(
    [
      'Cannot read "nowhere": there is no such file',
      'Cannot read "bin/main.wasm": a part of the path is a file and no folder',
      'Cannot read "bin": it is a folder',
      "Name a file: cat <path>",
      "",
    ].join("\n"),
  );
});

test("the shell ends with its input", async () => {
  expect(await shell("help")).toMatchObject({
    code: 0,
    output: expect.stringContaining("run <path>"),
  });
});

test("the shell runs programs of its image, and lives on when there is none", async () => {
  const { output, errors, code } = await shell(
    "run bin/child-echo.wasm\nrun bin/nothing.wasm\nrun bin/broken.wasm\nsing\nrun\necho still here\n",
  );
  expect(output).toMatch(/^ww> CHILD_OK\nww> /);
  expect(output).toMatch(/Echo: still here\nww> \n$/);
  expect(errors).toContain('Cannot read "bin/nothing.wasm": there is no such file\n');
  expect(errors).toContain('There is no command "sing"; "help" lists those that there are\n');
  expect(code).toBe(0);
});
