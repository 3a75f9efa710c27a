/** Tabs that share images, and what runs of them, by links. */
import type { Browser, Locator, Page } from "playwright/test";
import { encodeLink } from "#image";
import { chromiumLaunch } from "../src/cli/chromium.ts";
import { expect, test } from "./fixtures.ts";
import { openOwner } from "./owner.ts";
import { openVisit } from "./visit.ts";
import type { Visit } from "./visit.ts";
import { start } from "./ww.ts";
import type { Result } from "./ww.ts";

// Where there is no network but the loopback, browsers meet on that only if told.
const launch = chromiumLaunch();
const permissions = ["camera", "microphone", "clipboard-read", "clipboard-write"];
test.use({
  launchOptions: {
    ...launch,
    args: [...(launch.args ?? []), "--allow-loopback-in-peer-connection"],
  },
  permissions,
});

/** Somebody else's browser. */
async function openStranger(browser: Browser, url: string): Promise<Visit> {
  const context = await browser.newContext({ permissions });
  return openVisit(await context.newPage(), url);
}

function panelOf(page: Page): Locator {
  return page.locator("#share .panel");
}

/** Chooses in the panel, and takes the link that it copies. */
async function share(
  { page }: Visit,
  what: string | RegExp,
  fields: Readonly<Record<string, string>> = {},
): Promise<string> {
  const panel = panelOf(page);
  if (!(await panel.isVisible())) await page.locator("#share summary").click();
  await panel.getByRole("radio", { name: what }).check();
  for (const [label, text] of Object.entries(fields)) await panel.getByLabel(label).fill(text);
  await panel.getByRole("button", { name: "Create and copy link" }).click();
  await expect(panel.locator(".answer")).toHaveText("The link is copied");
  const link = await page.evaluate(() => navigator.clipboard.readText());
  await page.locator("#share summary").click();
  return link;
}

async function stopSharing({ page }: Visit, what: RegExp): Promise<void> {
  await page.locator("#share summary").click();
  await panelOf(page).getByRole("button", { name: what }).click();
  await expect(panelOf(page).getByRole("listitem").filter({ hasText: what })).toHaveCount(0);
  await page.locator("#share summary").click();
}

test("an image that no gateway has comes from the tab that shares it, also after a reload", async ({
  stage,
  browser,
  world,
}) => {
  const { gateway, node, visit } = await stage();
  await visit.page.addInitScript(countSent);
  await visit.open(world.path("shell"));
  await expect(visit.status).toHaveText(/^Running/);
  const link = await share(visit, "have the image from this tab");
  expect(link).toContain("?peer=");
  await gateway.goDown();

  // Where the direct connection takes long, the image comes over the relay, and another visitor is tried.
  await expect(async () => {
    const stranger = await openStranger(browser, node.url);
    try {
      await stranger.page.goto(link);
      await expect(stranger.status).toHaveText(/^Running/);
      await expect(stranger.terminal).toContainText("ww>");
      // Each message costs tasks on several threads: libp2p by itself makes two of each of 16 KiB.
      expect(await visit.page.evaluate(measureMessages)).toBeGreaterThan(8000);
    } finally {
      await stranger.page.context().close();
    }
  }).toPass();

  // The tab keeps its identity, and what it shares.
  await visit.page.reload();
  await expect(visit.page.locator("#share summary")).toHaveText("Shared: 1");
  const next = await openStranger(browser, node.url);
  await next.page.goto(link);
  await expect(next.status).toHaveText(/^Running/);
  await next.page.context().close();

  await stopSharing(visit, /^End Image/);
  const late = await openStranger(browser, node.url);
  await late.page.goto(link);
  await expect(late.status).toContainText(/peer 12D3KooW\w+ has no block .*, gateway .* cannot be/);
  await late.page.context().close();
});

interface Sent {
  bytes: number;
  messages: number;
}

/** In the page, before its scripts: counts what each channel sends. */
function countSent(): void {
  const counts = new Map<RTCDataChannel, Sent>();
  const send = Reflect.get(RTCDataChannel.prototype, "send") as (data: ArrayBufferView) => void;
  RTCDataChannel.prototype.send = function count(this: RTCDataChannel, data: unknown) {
    const sent = counts.get(this) ?? { bytes: 0, messages: 0 };
    counts.set(this, sent);
    sent.bytes += (data as ArrayBufferView).byteLength;
    sent.messages++;
    send.call(this, data as ArrayBufferView);
  };
  Object.assign(globalThis, { sent: counts });
}

/** In the page: how many bytes a message has on average, on the channel that has sent the most. */
function measureMessages(): number {
  const { sent } = globalThis as unknown as { readonly sent: ReadonlyMap<RTCDataChannel, Sent> };
  const [most] = [...sent.values()].toSorted((one, other) => other.bytes - one.bytes);
  return most === undefined ? 0 : most.bytes / most.messages;
}

test("a link to a tab that is closed says so", async ({ stage, browser, world }) => {
  const { gateway, node, visit } = await stage();
  await visit.open(world.path("pid0"));
  const link = await share(visit, "have the image from this tab");
  await gateway.goDown();
  await visit.page.close();
  const stranger = await openStranger(browser, node.url);
  await stranger.page.goto(link);
  await expect(stranger.status).toContainText(/peer 12D3KooW\w+ cannot be reached/, {
    timeout: 12_000,
  });
  await stranger.page.context().close();
});

test("a panel that the page cannot load says what to do", async ({ visit, world }) => {
  await visit.open(world.path("pid0"));
  await visit.page.route("**/assets/sharing-*", (route) => route.abort());
  await visit.page.locator("#share summary").click();
  const alert = visit.page.locator("#share").getByRole("alert");
  await expect(alert).toHaveText("The page could not load this panel; reload the page");
});

test("a visitor dials a peer by its address, and reads how it is reached or why not", async ({
  visit,
  browser,
  world,
}) => {
  await visit.open(world.path("pid0"));
  const link = await share(visit, "have the image from this tab");
  const address = new URL(`x:${link.replace(/.*#/, "")}`).searchParams.get("peer") ?? "";
  const stranger = await openStranger(browser, world.node.url);
  await stranger.open();
  const { page } = stranger;
  await page.locator("#peers").click();
  const field = page.getByRole("textbox", { name: "Dial a peer" });
  const answer = page.locator("#dial .answer");
  await field.fill("12D3KooW");
  await field.press("Enter");
  await expect(answer).toContainText('Not the address of a peer, "12D3KooW"');
  await field.fill(address.replace(/\w+$/, "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp"));
  await field.press("Enter");
  await expect(answer).toContainText("connect failed: ");
  await field.fill(address);
  await field.press("Enter");
  await expect(answer).toHaveText("Connected");
  await expect(page.locator("#connected")).toContainText(`${address.replace(/.*\//, "")} directly`);
  await page.context().close();
});

test("a link opens several layers with arguments", async ({ visit, world }) => {
  const path = encodeLink([world.path("pid0"), world.path("meets")], { args: ["export"] });
  await visit.open(path);
  await expect(visit.terminal).toContainText("exporting");
});

test("others watch a terminal, and type into it only if they may", async ({
  visit,
  browser,
  world,
}) => {
  await visit.open(world.path("shell"));
  await expect(visit.terminal).toContainText("ww>");
  await visit.type("echo before");
  const [screen, keys] = [await share(visit, /^watch this terminal$/), await share(visit, /type/)];
  const watcher = await openStranger(browser, world.node.url);
  await watcher.page.goto(screen);
  await expect(watcher.status).toContainText("you can only watch");
  await expect(watcher.terminal).toContainText("echo before");
  const typist = await openStranger(browser, world.node.url);
  await typist.page.goto(keys);
  await expect(typist.status).toContainText("your keys go there");
  await expect(typist.terminal).toContainText("echo before");

  await watcher.type("echo watched");
  await typist.type("echo typed");
  for (const { terminal } of [visit, watcher, typist]) {
    // The echo of what was typed, and what the program said.
    await expect(terminal.getByText("typed")).toHaveCount(2);
    await expect(terminal).not.toContainText("watched");
  }
  await stopSharing(visit, /^End Terminal .* to watch$/);
  await expect(watcher.status).toHaveText("The owner of the other tab has ended this link");
  await expect(typist.status).toContainText("your keys go there");
  // What runs ends with its tab.
  await visit.page.close();
  await expect(typist.status).toHaveText(/^The other tab is closed/, { timeout: 20_000 });
  for (const { page } of [watcher, typist]) await page.context().close();
});

test("a visitor's page follows a tab that is loaded again, and says when the program is stopped", async ({
  visit,
  browser,
  world,
}) => {
  await visit.open(world.path("shell"));
  await expect(visit.terminal).toContainText("ww>");
  const link = await share(visit, /type/);
  const stranger = await openStranger(browser, world.node.url);
  await stranger.page.goto(link);
  await expect(stranger.status).toHaveText(
    "Terminal of shell, which runs in another tab; your keys go there",
  );
  await expect(stranger.page).toHaveTitle("shell – Wetware");
  await stranger.type("echo first");
  await expect(visit.terminal).toContainText("Echo: first");

  await visit.page.reload();
  await expect(stranger.status).toContainText("connecting again");
  await expect(stranger.status).toHaveText(/your keys go there; the program was started again/);
  await expect(stranger.terminal).not.toContainText("first");
  await stranger.type("echo second");
  await expect(visit.terminal).toContainText("Echo: second");
  await visit.page.locator("#share summary").click();
  await expect(panelOf(visit.page).getByRole("listitem")).toContainText("opened once");
  await visit.page.locator("#share summary").click();

  await visit.stop.click();
  const stopped = "The program was stopped, or has ended, in the other tab";
  await expect(stranger.status).toHaveText(stopped);
  await visit.field.press("Enter");
  await expect(visit.terminal).toContainText("ww>");
  await stranger.page.getByRole("button", { name: "Connect again" }).click();
  await expect(stranger.status).toContainText("your keys go there");
  await stranger.page.context().close();
});

/** Calls what a tab serves by the name of its program's export. */
function dial(text: string, target: string): Promise<Result> {
  return start(["dial", target, "membrane", "--echo", text], "").result;
}

test("what a program exports is dialled by its name where the visitor allows that, also after a reload", async ({
  visit,
  world,
}) => {
  test.slow();
  const path = encodeLink([world.path("meets")], { args: ["export-echo"] });
  await visit.open(path);
  await expect(visit.terminal).toContainText("exporting");
  // Some other link, by which the tab can be found.
  const link = await share(visit, "have the image from this tab");
  const unserved = 'ww: The peer serves no capability "membrane"; ';
  expect((await dial("one", link)).err).toContain(unserved);

  const panel = panelOf(visit.page);
  await visit.page.locator("#share summary").click();
  await panel.getByRole("radio", { name: /^call .* anybody can$/ }).check();
  await panel.getByLabel(/^Calls of all visitors/).fill("1");
  await panel.getByRole("button", { name: "Serve it and copy the address" }).click();
  await expect(panel.locator(".answer")).toContainText("The address is copied");
  const address = await visit.page.evaluate(() => navigator.clipboard.readText());
  await visit.page.locator("#share summary").click();
  expect(await dial("one", address)).toMatchObject({ code: 0, out: "Tab: one\n" });
  expect((await dial("two", address)).err).toContain('the limit "calls" is reached');

  await visit.page.goto("about:blank");
  await visit.open();
  await expect(visit.page.locator("#share summary")).toHaveText("Shared: 2");
  await expect
    .poll(async () => (await dial("three", address)).err)
    .toContain('"membrane" does not run now');
  await visit.paste(path);
  await expect(visit.terminal).toContainText("exporting");
  await expect.poll(async () => (await dial("four", address)).out).toBe("Tab: four\n");
  await stopSharing(visit, /^End What .* to anybody$/);
  expect((await dial("five", address)).err).toContain(unserved);
});

test("a link to what a program exports is given to an image, and leads there again after a reload", async ({
  visit,
  browser,
  world,
}) => {
  const path = encodeLink([world.path("meets")], { args: ["export"] });
  await visit.open(path);
  await expect(visit.terminal).toContainText("exporting");
  const link = await share(visit, /^call what the program exports$/);

  const stranger = await openStranger(browser, world.node.url);
  await stranger.page.goto(link);
  await expect(stranger.status).toContainText("images of this page can be given it");
  await stranger.page.getByRole("button", { name: "New" }).click();
  await stranger.paste(world.path("asks-later"));
  const owner = openOwner(stranger);
  await owner.type("ask export to call it");
  await owner.answer(/^Give what .* serves$/);
  await owner.type("now");
  await expect(stranger.terminal.last()).toContainText("time: 42");

  // A tab that was loaded again does not run it.
  await visit.page.goto("about:blank");
  await visit.open();
  await expect(visit.page.locator("#share summary")).toHaveText("Shared: 1");
  const later = await openStranger(browser, world.node.url);
  await later.page.goto(link);
  await expect(later.status).toHaveText(/^The other tab is open, but does not run this program/);
  await visit.paste(path);
  await expect(visit.terminal).toContainText("exporting");
  await expect(later.status).toContainText("images of this page can be given it");
  for (const { page } of [stranger, later]) await page.context().close();
});
