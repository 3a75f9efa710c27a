/** Images that cannot run, or end badly; each is followed by one that can, in the same page. */
import { expect, test } from "./fixtures.ts";

for (const [image, title, sentence] of [
  [
    "no-main",
    "an image without bin/main.wasm",
    "Cannot boot: an image needs a component at bin/main.wasm; without one it is a layer: stack it with an image that has one, or open it with ww sandbox",
  ],
  [
    "text",
    "bytes that are no component",
    /^Not a WebAssembly component: it does not begin as WebAssembly does; build one with "jco componentize" or for the target wasm32-wasip2$/,
  ],
  [
    "core-module",
    "a core module",
    /^Not a WebAssembly component: it is a core module; wrap it with "ww build"$/,
  ],
  [
    "radio",
    "a component that imports what no cell has",
    /^Component imports "acme:radio\/tuner@1\.0\.0", which cells do not have: build it against WASI 0\.2/,
  ],
  [
    "traps",
    "a guest that traps",
    /^Cell "\/ipfs\/bafy\w+" trapped: .*unreachable.*; tell its author$/,
  ],
] as const) {
  test(title, async ({ visit, world }) => {
    await visit.open(world.path(image));
    await expect(visit.status).toHaveText(sentence);
    await visit.expectNothingLeft();
    await visit.expectReady(world.path("pid0"));
  });
}

for (const [image, title, output, sentence] of [
  ["holds-capabilities", "with capabilities held", "Echo: held", "Exited with code 4"],
  ["stops-mid-frame", "in the middle of a frame", "epoch 0", "Exited with code 0"],
  ["leaves-child", "before its busy child", "child started", "Exited with code 0"],
] as const) {
  test(`a guest that exits ${title}`, async ({ visit, world }) => {
    await visit.open(world.path(image));
    await expect(visit.terminal).toContainText(output);
    await expect(visit.status).toHaveText(sentence);
    await visit.expectNothingLeft();
    await visit.expectReady(world.path("pid0"));
  });
}

test("layers of which none has bin/main.wasm", async ({ visit, world }) => {
  await visit.open();
  const layers = [world.path("no-main"), world.path("no-main-either")];
  expect(await visit.run({ layers, args: [], env: [] })).toEqual({
    outcome: {
      type: "failed",
      reason:
        "Cannot boot: an image needs a component at bin/main.wasm; without one it is a layer: stack it with an image that has one, or open it with ww sandbox",
    },
    stdout: "",
    stderr: "",
  });
  await visit.expectNothingLeft();
  await visit.expectReady(world.path("pid0"));
});

test("layers of which one has it", async ({ visit, world }) => {
  await visit.open();
  const layers = [world.path("no-main"), world.path("pid0")];
  expect(await visit.run({ layers, args: [], env: [] })).toEqual({
    outcome: { type: "exited", code: 0 },
    stdout: "CHILD_OK\n",
    stderr: "pid0: grafted in epoch 0\n",
  });
  await visit.expectNothingLeft();
});
