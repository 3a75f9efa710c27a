import { expect, test } from "vitest";
import { makeFolder } from "./folder.testing.ts";
import { startLocalNode } from "./local-node.ts";
import type { PageConfig } from "./local-node.ts";

test("isLayer() tells layers from images that can be opened, to the command and to the page", async () => {
  await using layer = await makeFolder({ "etc/motd": "hello" });
  await using image = await makeFolder({ "bin/main.wasm": "component" });
  await using node = await startLocalNode({ port: 0, images: [layer.path, image.path] });
  expect(node.images.map(({ isLayer }) => isLayer)).toEqual([true, false]);
  const config = (await (await fetch(`${node.url}config.json`)).json()) as PageConfig;
  expect(config.images.map(({ isLayer }) => isLayer)).toEqual([true, undefined]);
});
