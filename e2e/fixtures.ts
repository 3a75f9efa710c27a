/** What the stories stand on: a local node with our images and odd ones, and the page as a visitor sees it. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test as base } from "playwright/test";
import type {
  PlaywrightTestArgs,
  PlaywrightTestOptions,
  PlaywrightWorkerArgs,
  PlaywrightWorkerOptions,
  TestType,
} from "playwright/test";
import { startLocalNode } from "#cli";
import type { LocalNode } from "#cli";
import { startFakeGateway } from "./fake-gateway.ts";
import type { FakeGateway } from "./fake-gateway.ts";
import { makeOddImages } from "./odd-images.ts";
import { openVisit } from "./visit.ts";
import type { Visit } from "./visit.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The built page; another one can be named, so that a build of the same checkout does not disturb. */
export const DIST_FOLDER: string = process.env["WW_DIST"] ?? at("../dist");

/** Present unless it could not be built: it needs a C compiler. */
const HELLO_C: string = at("../public/images/hello-c");
const HTTP_C: string = at("../public/images/http-c");
const RUST_LATER: string = at("../public/images/rust-later");
export const hasRustLater: boolean = existsSync(RUST_LATER);
export const hasHttpC: boolean = existsSync(HTTP_C);
export const hasHelloC: boolean = existsSync(HELLO_C);

/** Who starts the workers of cells, and the name of a browser where it is so. */
export const STARTERS: ReadonlyArray<
  readonly [starter: "kernel" | "page", context: { readonly userAgent?: string }]
> = [
  ["kernel", {}],
  ["page", { userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0" }],
];

interface World {
  readonly node: LocalNode;
  /** The path of an image's link, `/ipfs/<cid>`. */
  path(image: string): string;
}

/** A page whose only gateway can be told to misbehave, on an origin of its own, so that nothing is stored yet. */
interface Stage {
  readonly gateway: FakeGateway;
  readonly node: LocalNode;
  readonly visit: Visit;
}

interface StoryFixtures {
  visit: Visit;
  stage: (options?: { readonly stallMs?: number }) => Promise<Stage>;
}

type Story = TestType<
  PlaywrightTestArgs & PlaywrightTestOptions & StoryFixtures,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions & { world: World }
>;

export const test: Story = base.extend<StoryFixtures, { world: World }>({
  world: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads what a fixture needs from its parameter
    async ({}, use) => {
      await using odd = await makeOddImages();
      const ours = ["pid0", "shell", "later-pid0", "web"].map((name) =>
        at(`../public/images/${name}`),
      );
      const optional = [HELLO_C, HTTP_C, RUST_LATER].filter((image) => existsSync(image));
      const images = [...ours, ...optional, ...odd.images];
      await using node = await startLocalNode({ port: 0, images, distFolder: DIST_FOLDER });
      const paths = new Map(node.images.map(({ name, path }) => [name, path]));
      await use({
        node,
        path(image) {
          const path = paths.get(image);
          if (path === undefined) throw new Error(`There is no image "${image}"`);
          return path;
        },
      });
    },
    { scope: "worker" },
  ],
  page: async ({ page }, use) => {
    const errors: string[] = [];
    page.on("pageerror", ({ message }) => errors.push(message));
    page.on("console", (message) => {
      // Of a server that refuses, or is gone, the browser tells by itself.
      const told = /^(Failed to load resource|WebSocket connection to )/.test(message.text());
      if (message.type() === "error" && !told) errors.push(message.text());
    });
    await use(page);
    // A worker that the pool started last may still be asking a route that a story laid.
    if (!page.isClosed()) await page.unrouteAll({ behavior: "ignoreErrors" });
    // Whatever went wrong was said on the page.
    expect(errors).toEqual([]);
  },
  visit: async ({ page, world }, use) => {
    await use(await openVisit(page, world.node.url));
  },
  stage: async ({ page, world }, use) => {
    await using stack = new AsyncDisposableStack();
    await use(async ({ stallMs } = {}) => {
      const gateway = stack.use(await startFakeGateway(world.node.url));
      const options = { port: 0, images: [], distFolder: DIST_FOLDER, stallMs };
      const node = stack.use(await startLocalNode({ ...options, gateways: [gateway.url] }));
      return { gateway, node, visit: await openVisit(page, node.url) };
    });
  },
});

export { expect };
