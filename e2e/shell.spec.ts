/** The shell answers. */
import { expect, hasHelloC, test } from "./fixtures.ts";

test("the shell knows the node, its peers and its image", async ({ visit, world }) => {
  await visit.open(world.path("shell"));
  const { page, terminal } = visit;
  await expect(terminal).toContainText("ww>");
  await expect(page.getByText("1 peer")).toBeVisible();
  await page.getByText("1 peer").click();
  const peerId = await page.locator("#peer-id").innerText();
  const relay = world.node.relay.split("/").at(-1) ?? "";
  await expect(page.locator("#connected")).toHaveText(`${relay} by WebSocket`);

  await page.getByRole("textbox", { name: "Terminal input" }).focus();
  await visit.type("help");
  await expect(terminal).toContainText("run <path> [arguments]");
  await visit.type("id");
  await expect(terminal).toContainText(`ww> id${peerId}`);
  await visit.type("peers");
  await expect(terminal).toContainText(`ww> peers${relay}`);
  await visit.type("echo hello there");
  await expect(terminal).toContainText("Echo: hello there");
  await visit.type("run bin/child-echo.wasm");
  await expect(terminal).toContainText("CHILD_OK");
  await visit.type("run bin/nothing.wasm");
  await expect(terminal).toContainText('Cannot read "bin/nothing.wasm": there is no such file');
  await visit.type("exit 3");
  await expect(visit.status).toHaveText("Exited with code 3");
  await visit.expectNothingLeft();
});

for (const cells of ["shared-memory", "jspi"]) {
  test(`the status line says what a program without output does: ${cells}`, async ({
    visit,
    world,
  }) => {
    const open = async (image: string): Promise<void> => {
      await visit.page.goto("about:blank");
      await visit.page.goto(`${world.node.url}?cells=${cells}#${world.path(image)}`);
    };
    await open("shell");
    await expect(visit.terminal).toContainText("ww>");
    await expect(visit.status).toHaveText("Running; waits for your input");
    await open("spins");
    await expect(visit.status).toHaveText("Running; it has shown nothing so far");
    await open("web");
    await expect(visit.status).toHaveText("Running; waits for requests of others");
    const opening = visit.page.context().waitForEvent("page");
    await visit.page.getByRole("button", { name: "Open preview" }).click();
    await expect((await opening).getByRole("heading")).toHaveText("Served by a cell");
    test.skip(!hasHelloC, "there is no C compiler");
    await open("hello-c");
    await expect(visit.status).toHaveText("Running; waits for your input");
    await visit.type("loud");
    await expect(visit.terminal).toContainText("LOUD");
    await open("http-c");
    await expect(visit.status).toHaveText(
      "Running; answers requests of browsers and other programs",
    );
  });
}
