/** What a visitor meets in Firefox, in both ways of waiting: an image boots, is talked to, is stopped, and boots again. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeOddImages } from "../odd-images.ts";
import { openFirefox } from "./open-firefox.ts";
import type { Firefox, Tab, View } from "./open-firefox.ts";

const BOOTS = 20;

const stack = new AsyncDisposableStack();
let firefox: Firefox;

beforeAll(async () => {
  const odd = stack.use(await makeOddImages());
  firefox = stack.use(await openFirefox(odd.images));
});
afterAll(() => stack.disposeAsync());

describe.each(["shared-memory", "jspi"] as const)("cells that wait by %s", (mode) => {
  test("pid0 starts a child, and both end", async () => {
    await using tab = await firefox.openTab();
    await tab.open("pid0", mode);
    await expectBooted(tab);
    expect((await tab.look()).mode).toBe(mode === "jspi" ? "JSPI" : "shared memory");
  });

  test("the shell answers what is typed, and the page shows its exit code", async () => {
    await using tab = await firefox.openTab();
    await tab.open("shell", mode);
    await expectView(tab, { terminal: /ww>/ });
    await tab.type("echo hello there");
    await expectView(tab, { terminal: /Echo: hello there/ });
    await tab.type("exit 3");
    await expectView(tab, { status: "Exited with code 3", canStop: false });
  });

  test("Stop ends a program in a busy loop, and one that waits for input", async () => {
    await using tab = await firefox.openTab();
    await tab.open("spins", mode);
    await expectStopped(tab);
    await tab.open("shell", mode);
    await expectView(tab, { terminal: /ww>/ });
    await expectStopped(tab);
  });

  test("a page that is loaded again boots again", async () => {
    await using tab = await firefox.openTab();
    await tab.open("pid0", mode);
    await expectBooted(tab);
    await tab.page.reload();
    await expectBooted(tab);
  });

  test(`each of ${BOOTS} boots in a row ends`, { timeout: 180_000 }, async () => {
    await using tab = await firefox.openTab();
    for (let boot = 0; boot < BOOTS; boot++) {
      await tab.open("pid0", mode);
      await expectBooted(tab);
    }
  });
});

async function expectBooted(tab: Tab): Promise<void> {
  await expectView(tab, { terminal: /CHILD_OK/, status: "Exited with code 0" });
}

async function expectStopped(tab: Tab): Promise<void> {
  await expectView(tab, { status: expect.stringMatching(/^Running/) as string, canStop: true });
  await tab.pressStop();
  await expectView(tab, { status: "Stopped", canStop: false });
}

/** Some time soon the page looks like that. */
async function expectView(
  tab: Tab,
  { terminal, ...rest }: { readonly terminal?: RegExp } & Partial<Omit<View, "terminal">>,
): Promise<void> {
  const shown = terminal === undefined ? {} : { terminal: expect.stringMatching(terminal) };
  await expect
    .poll(() => tab.look(), { timeout: 20_000 })
    .toMatchObject({ complaint: "", ...rest, ...shown });
}
