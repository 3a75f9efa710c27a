/** A visitor has a link or a CID. */
import { expect, hasRustLater, test } from "./fixtures.ts";

test("a CID is pasted in any of its forms, and its image runs", async ({ visit, world }) => {
  const path = world.path("pid0");
  const cid = path.slice("/ipfs/".length);
  await visit.open();
  for (const name of [
    cid,
    path,
    `ipfs://${cid}`,
    `https://gateway.example/ipfs/${cid}?filename=x`,
    `https://${cid}.ipfs.gateway.example/`,
    `  http://page.example/#/ipfs/${cid} `,
    `ipfs/${cid}`,
    `%20${cid.toUpperCase()}%20`,
  ]) {
    await visit.expectReady(name);
    await expect(visit.field).toHaveValue(path);
    expect(new URL(visit.page.url()).hash).toBe(`#${path}`);
  }
});

test("a link is opened, and its image runs to its end", async ({ visit, world }) => {
  await visit.open(world.path("pid0"));
  await expect(visit.terminal).toContainText("pid0: grafted in epoch 0");
  await expect(visit.terminal).toContainText("CHILD_OK");
  await expect(visit.status).toHaveText("Exited with code 0");
  await expect(visit.field).toHaveValue(world.path("pid0"));
  await visit.expectNothingLeft();
});

for (const cells of ["", "jspi"]) {
  test(`an image of the later generation gets its own set of capabilities ${cells}`, async ({
    visit,
    world,
  }) => {
    await visit.page.goto(`${world.node.url}${cells === "" ? "" : `?cells=${cells}`}`);
    const { outcome, stdout } = await visit.run({
      layers: [world.path("later-pid0")],
      terminal: { stdin: true, stdout: true },
    });
    expect(outcome).toEqual({ type: "exited", code: 0 });
    const [names, uses, , child, end] = stdout.split("\n");
    expect(names).toMatch(/^identity host runtime routing http-client ipfs /);
    // The multihash of an identity, and a CIDv1 of raw bytes.
    expect(uses).toMatch(/^peer id of 38 bytes, envelope of \d+, bafkrei/);
    expect(child).toBe("child of process main child has keys names keys names, A is b");
    expect(end).toBe("CHILD_OK");
  });
}

for (const cells of ["shared-memory", "jspi"]) {
  test(`a guest of another implementation gets it too: ${cells}`, async ({ visit, world }) => {
    test.skip(!hasRustLater, "rust-later is not built: Debian's Rust is not installed");
    await visit.page.goto(`${world.node.url}?cells=${cells}`);
    const { outcome, stdout } = await visit.run({ layers: [world.path("rust-later")] });
    expect(outcome).toEqual({ type: "exited", code: 0 });
    expect(stdout).toMatch(/^identity host runtime .*\npeer id of 38 bytes\nbafkrei/);
  });
}

test("a link with a program in it runs that program of the image", async ({ visit, world }) => {
  const path = `${world.path("no-main-either")}/bin/tool.wasm`;
  await visit.open(path);
  await expect(visit.status).toHaveText("Exited with code 0");
  await expect(visit.field).toHaveValue(path);
  await visit.paste(`${world.path("pid0")}/bin/none.wasm`);
  await expect(visit.status).toHaveText(/Cannot boot "bin\/none.wasm" of the image: there is none/);
});

test("a first visit brings less than 600 kB of ours, and what runs cells beside the page", async ({
  visit,
  world,
}) => {
  const asked: string[] = [];
  const sizes: Promise<number>[] = [];
  visit.page.on("requestfinished", (request) => {
    if (request.url().includes("/ipfs/")) return;
    asked.push(request.url());
    sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
  });
  // The kernel asks for the script of cells, but here it never comes.
  await visit.page.route("**/kernel.worker-*.js", () => {});
  await visit.open();
  await expect.poll(() => asked.filter((url) => /cell\.worker-/.test(url))).toHaveLength(1);
  await visit.page.unroute("**/kernel.worker-*.js");
  await visit.open(world.path("shell"));
  await visit.page.reload();
  await expect(visit.terminal).toContainText("ww>");
  const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  expect(total).toBeGreaterThan(100_000);
  expect(total).toBeLessThan(600_000);
});

test("cells wait by shared memory, or as the page's address has it", async ({ visit, world }) => {
  const mode = visit.page.locator("#cell-mode");
  await visit.open(world.path("pid0"));
  await expect(visit.terminal).toContainText("CHILD_OK");
  await expect(mode).toHaveText("shared memory");

  await visit.page.goto(`${world.node.url}?cells=jspi#${world.path("pid0")}`);
  await expect(visit.terminal).toContainText("CHILD_OK");
  await expect(mode).toHaveText("JSPI");
  await expect(visit.status).toHaveText("Exited with code 0");
});

test("a page without the headers for shared memory runs cells all the same", async ({
  visit,
  world,
}) => {
  await visit.page.route("**/*", async (route) => {
    const response = await route.fetch();
    const headers = response.headers();
    delete headers["cross-origin-opener-policy"];
    delete headers["cross-origin-embedder-policy"];
    await route.fulfill({ response, headers });
  });
  await visit.open(world.path("pid0"));
  await expect(visit.terminal).toContainText("CHILD_OK");
  await expect(visit.page.locator("#cell-mode")).toHaveText("JSPI");
});

test("who brings no image is offered those of the node", async ({ visit, world }) => {
  await visit.open();
  await expect(visit.field).toBeFocused();
  await visit.page.getByRole("link", { name: "pid0", exact: true }).click();
  await expect(visit.terminal).toContainText("CHILD_OK");
  await expect(visit.field).toHaveValue(world.path("pid0"));
});

test("while an image is fetched, its bytes and blocks are counted", async ({ world, stage }) => {
  const { gateway, visit } = await stage();
  gateway.behave("halting");
  await visit.open(world.path("pid0"));
  await expect(visit.status).toHaveText(/^Fetching: \d+ blocks?, [\d.]+ [kM]B of [\d.]+ MB$/);
  await expect
    .poll(() => visit.progress.evaluate((bar: HTMLProgressElement) => bar.position))
    .toBeCloseTo(0.5, 1);
  gateway.behave("honest");
  await expect(visit.terminal).toContainText("CHILD_OK");
  await expect(visit.progress).toBeHidden();
});

test("an image that was run before runs again without any gateway", async ({ world, stage }) => {
  const { gateway, visit } = await stage();
  await visit.open(world.path("pid0"));
  await expect(visit.status).toHaveText("Exited with code 0");
  await gateway.goDown();
  await visit.page.reload();
  await expect(visit.terminal).toContainText("CHILD_OK");
  await expect(visit.status).toHaveText("Exited with code 0");
});

test("an image that was run before runs after a reload with nobody there", async ({
  world,
  stage,
}) => {
  const { gateway, visit, node } = await stage();
  await visit.open(world.path("pid0"));
  await expect(visit.status).toHaveText("Exited with code 0");
  await visit.open();
  await visit.page.reload();
  await expect(visit.page.getByText("1 peer")).toBeVisible();
  await gateway.goDown();
  await node[Symbol.asyncDispose]();
  const asked: string[] = [];
  visit.page.on("request", (request) => asked.push(request.url()));
  await visit.paste(world.path("pid0"));
  await expect(visit.terminal).toContainText("CHILD_OK");
  await expect(visit.status).toHaveText("Exited with code 0");
  // The browser has the scripts.
  expect(asked.filter((url) => !/^blob:|\/assets\/[^/]+\.js$/.test(url))).toEqual([]);
});

test("the link that is copied is the link of the image", async ({ context, visit, world }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const copy = visit.page.getByRole("button", { name: "Copy link" });
  await visit.open();
  await expect(copy).toBeDisabled();
  await visit.paste(world.path("pid0"));
  await copy.click();
  await expect(visit.page.getByRole("button", { name: "Copied" })).toBeVisible();
  const copied = await visit.page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(`${world.node.url}#${world.path("pid0")}`);
});

test("the browser's way back leads to the image before", async ({ visit, world }) => {
  await visit.open(world.path("pid0"));
  await expect(visit.status).toHaveText("Exited with code 0");
  await visit.paste(world.path("traps"));
  await expect(visit.status).toHaveText(/trapped/);
  await visit.page.goBack();
  await expect(visit.field).toHaveValue(world.path("pid0"));
  await expect(visit.terminal).toContainText("CHILD_OK");
});

test("the way back to the page without an image ends the image", async ({ visit, world }) => {
  await visit.open();
  await visit.paste(world.path("spins"));
  await expect(visit.status).toHaveText(/^Running/);
  await visit.page.goBack();
  await expect(visit.status).toHaveText("Nothing runs yet");
  await expect(visit.field).toHaveValue("");
  await expect(visit.page.getByRole("button", { name: "Copy link" })).toBeDisabled();
  await visit.expectNothingLeft();
  await visit.page.goForward();
  await expect(visit.status).toHaveText(/^Running/);
});

test("Stop stays where it is, whatever else the page shows meanwhile", async ({ visit, world }) => {
  await visit.open(world.path("shell"));
  const stop = visit.page.locator("#stop");
  const before = await stop.boundingBox();
  await expect(visit.page.locator("#mesh")).toContainText("1 peer");
  expect(await stop.boundingBox()).toEqual(before);
});
