/** The terminal: what is typed arrives, and the keys that mean something do. */
import { expect, hasHelloC, test } from "./fixtures.ts";

test.describe("hello-c", () => {
  test.skip(!hasHelloC, "there is no C compiler for WebAssembly");

  test("reads what is typed and answers line by line, until Ctrl-D", async ({ visit, world }) => {
    await visit.open(world.path("hello-c"));
    await expect(visit.status).toHaveText(/^Running/);
    await visit.page.keyboard.type("one twp");
    await visit.page.keyboard.press("Backspace");
    await visit.type("o");
    await expect(visit.terminal).toHaveText("one twoONE TWO ");
    await visit.type("grüße");
    await expect(visit.terminal).toHaveText("one twoONE TWOgrüßeGRüßE ");
    await visit.page.keyboard.press("Control+D");
    await expect(visit.status).toHaveText("Exited with code 0");
    await visit.expectNothingLeft();
  });
});

test("what is typed before the program runs is not lost", async ({ world, stage }) => {
  const { gateway, visit } = await stage();
  gateway.behave("halting");
  await visit.open(world.path("shell"));
  await expect(visit.status).toHaveText(/^(Fetching|Looking)/);
  await visit.type("echo typed early");
  gateway.behave("honest");
  await expect(visit.terminal).toContainText("Echo: typed early");
  await visit.type("exit");
  await expect(visit.status).toHaveText("Exited with code 0");
});

test("Ctrl-C discards the line", async ({ visit, world }) => {
  await visit.open(world.path("shell"));
  await expect(visit.terminal).toContainText("ww>");
  await visit.page.keyboard.type("echo lost");
  await visit.page.keyboard.press("Control+C");
  await expect(visit.status).toHaveText("Ctrl-C once more stops the image");
  await visit.type("echo kept");
  await expect(visit.terminal).toContainText("Echo: kept");
  await expect(visit.terminal).not.toContainText("Echo: lost");
  await expect(visit.status).toHaveText(/^Running/);
});

test("Ctrl-C twice stops an image that does not listen", async ({ visit, world }) => {
  await visit.open(world.path("spins"));
  await expect(visit.status).toHaveText(/^Running/);
  await visit.page.keyboard.press("Control+C");
  await visit.page.keyboard.press("Control+C");
  await expect(visit.status).toHaveText("Stopped by Ctrl-C");
  await visit.expectNothingLeft();
  await visit.expectReady(world.path("pid0"));
});

test("Ctrl-C twice stops an image that prints without end", async ({ visit, world }) => {
  await visit.open(world.path("prints-forever"));
  await expect(visit.terminal).toContainText(/line \d{4}/);
  await visit.page.keyboard.press("Control+C");
  await visit.page.keyboard.press("Control+C");
  await expect(visit.status).toHaveText("Stopped by Ctrl-C");
  await visit.expectNothingLeft();
  await visit.expectReady(world.path("pid0"));
});

test("the button stops it, too", async ({ visit, world }) => {
  await visit.open(world.path("spins"));
  await expect(visit.status).toHaveText(/^Running/);
  await visit.stop.click();
  await expect(visit.status).toHaveText("Stopped");
  await expect(visit.stop).toBeDisabled();
  await visit.expectNothingLeft();
});

test("the button stops an image that keeps the terminal busy", async ({ visit, world }) => {
  await visit.open(world.path("scrolls-forever"));
  await expect(visit.status).toHaveText(/^Running/);
  // Measured in the page, for the driver takes its time.
  const stopMs = await visit.page.evaluate(async () => {
    // The pipes fill, and the terminal with them.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const before = performance.now();
    document.querySelector<HTMLButtonElement>("#stop")?.click();
    while (document.querySelector("#status")?.textContent !== "Stopped") {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return performance.now() - before;
  });
  // About 30 ms where nothing else runs.
  expect(stopMs).toBeLessThan(1000);
  await visit.expectNothingLeft();
  await visit.expectReady(world.path("pid0"));
});

test("opening another image ends the one that runs", async ({ visit, world }) => {
  await visit.open(world.path("spins"));
  await expect(visit.status).toHaveText(/^Running/);
  await visit.paste(world.path("shell"));
  await expect(visit.terminal).toContainText("ww>");
  // One runs, and two wait for the next cell.
  await expect
    .poll(async () => (await visit.workers()).filter((name) => name === "cell"))
    .toHaveLength(3);
  // The keyboard is the terminal's at once.
  await visit.type("echo mine");
  await expect(visit.terminal).toContainText("Echo: mine");
});

test("the keyboard finds its way out of the terminal", async ({ visit, world }) => {
  await visit.open(world.path("shell"));
  await expect(visit.terminal).toContainText("ww>");
  const input = visit.page.getByRole("textbox", { name: "Terminal input" });
  await expect(input).toBeFocused();
  // A tab is the program's, and a space behind it presses no button.
  await visit.type("echo a\t b");
  await expect(visit.terminal).toContainText("Echo: a b");
  await expect(visit.status).toHaveText(/^Running/);
  await visit.page.keyboard.press("Escape");
  await visit.page.keyboard.press("Tab");
  await expect(visit.stop).toBeFocused();
  await visit.page.keyboard.press("Shift+Tab");
  await expect(input).toBeFocused();
  await visit.page.keyboard.press("Shift+Tab");
  await expect(visit.page.getByRole("button", { name: "Run" })).toBeFocused();
});

test("the clipboard's keys copy and paste", async ({ context, visit, world }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await visit.open(world.path("shell"));
  await expect(visit.terminal).toContainText("ww>");
  const { page } = visit;
  await page.evaluate(() => navigator.clipboard.writeText("echo a\tpasted line"));
  await page.keyboard.press("Control+V");
  await page.keyboard.press("Enter");
  await expect(visit.terminal).toContainText("Echo: a pasted line");
  // With nothing selected, Ctrl-C would have ended the shell.
  const row = await visit.terminal.getByText("Echo: a pasted line").boundingBox();
  await page.mouse.click((row?.x ?? 0) + 20, (row?.y ?? 0) + 5, { clickCount: 3 });
  await page.keyboard.press("Control+C");
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toContain("Echo: a pasted line");
  await expect(visit.status).toHaveText(/^Running/);
});
