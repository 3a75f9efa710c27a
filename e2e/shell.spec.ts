/** The shell answers. */
import { expect, test } from "./fixtures.ts";

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
  await expect(terminal).toContainText('Cannot read "bin/nothing.wasm": no-entry');
  await visit.type("exit 3");
  await expect(visit.status).toHaveText("Exited with code 3");
  await visit.expectNothingLeft();
});
