import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { readText } from "../toolchain/run-component.ts";
import { bootImage } from "../toolchain/test-node.ts";
import { hasRustForWasm } from "../toolchain/compile-rust.ts";
import { buildRustPid0 } from "./build.ts";

describe.skipIf(!hasRustForWasm())("rust-pid0", () => {
  let main = new Uint8Array(0);
  beforeAll(async () => {
    await buildRustPid0();
    const built = new URL("../../public/images/rust-pid0/bin/main.wasm", import.meta.url);
    main = new Uint8Array(await readFile(built));
  }, 240_000);

  test("grafts, calls ahead on its session, and says what came of it", async () => {
    using image = bootImage({ files: { "bin/main.wasm": main } });
    const output = await readText(image.main.output);
    const errors = await readText(image.main.errors);
    expect([output, errors]).toEqual([
      "Echo: one\nEcho: two\nEcho: three\n",
      "rust-pid0: grafted in epoch 42\n",
    ]);
    expect(await image.main.exited).toBe(0);
    expect(await image.connection.closed).toBeUndefined();
    expect(image.connection.tableSizes).toEqual({
      questions: 0,
      answers: 0,
      exports: 0,
      imports: 0,
    });
  });

  test("ends with an error when its host goes away", async () => {
    using image = bootImage({ files: { "bin/main.wasm": main } });
    image.connection[Symbol.dispose]();
    expect(await readText(image.main.errors)).toMatch(/^rust-pid0: .+\n$/);
    expect(await image.main.exited).toBe(1);
  });
});
