/** A visitor is asked for something, gives it or nothing, and takes it back. */
import { mkdir, writeFile } from "node:fs/promises";
import { openOwner, replacePickers } from "./owner.ts";
import { expect, test } from "./fixtures.ts";
import type { OwnerVisit } from "./owner.ts";
import { startServer } from "./test-server.ts";
import type { Visit } from "./visit.ts";

test.beforeEach(async ({ page }) => {
  await replacePickers(page);
});

test("an image asks for a folder before it starts, and reads the one it is given", async ({
  visit,
  world,
}) => {
  const owner = openOwner(visit);
  await visit.open(world.path("asks"));
  await expect(owner.sheet).toContainText("An image wants to read and change a folder");
  await expect(owner.sheet).toContainText("to read your notes");
  await expect(owner.sheet).toContainText(world.path("asks"));
  await expect(owner.sheet).toContainText("This page asks you, and not the image");
  await expect(owner.sheet).toBeFocused();
  await expect(visit.page.locator("#status")).toHaveText("Waiting for your answer");
  await expect(visit.terminal).not.toContainText("has:");
  // A folder can be read only, unless the visitor says more.
  await expect(owner.sheet.getByRole("radio", { name: "Read only" })).toBeChecked();
  await owner.answer("Choose a folder …");
  await expect(visit.terminal).toContainText("has: notes");
  await visit.type("read today.txt");
  await expect(visit.terminal).toContainText("buy milk");
  await visit.type("write today.txt");
  await expect(visit.terminal).toContainText(/permission-denied: Cannot call \S+ of notes/);
  await visit.type("read ../today.txt");
  await expect(visit.terminal).toContainText(/a path consists of plain names/);
});

test("a folder that the visitor gives to be changed is changed, a single file stands alone", async ({
  visit,
  world,
}) => {
  const owner = openOwner(visit);
  await visit.open(world.path("asks"));
  await expect(async () => {
    await owner.sheet.getByRole("radio", { name: "Read and change" }).check({ timeout: 500 });
  }).toPass();
  await owner.answer("Choose a file …");
  await expect(visit.terminal).toContainText("has: notes");
  await visit.type("write today.txt");
  await expect(visit.terminal).toContainText("written");
  await visit.type("read today.txt");
  await expect(visit.terminal).toContainText("changedk");
  await visit.type("write other.txt");
  await expect(visit.terminal).toContainText('Cannot use "other.txt": it does not exist');
});

test("nothing given is an answer: the image starts without", async ({ visit, world }) => {
  const owner = openOwner(visit);
  await visit.open(world.path("asks"));
  await owner.answer("Give nothing");
  await expect(visit.terminal).toContainText("has: nothing");
  await visit.type("ask clock to show the time");
  await expect(owner.sheet).toContainText("An image wants to know the time");
  await expect(async () => {
    await visit.page.keyboard.press("Escape");
    await expect(owner.sheet).toBeHidden({ timeout: 400 });
  }).toPass();
  await expect(visit.terminal).toContainText("the visitor gives nothing");
  await visit.type("ask clock again");
  await owner.answer("Give nothing, and ask no more");
  await visit.type("ask secret please");
  await expect(visit.terminal).toContainText("no secret: the visitor gives nothing");
  await expect(owner.sheet).toBeHidden();
});

test("a program asks while it runs, within what the visitor allows", async ({ visit, world }) => {
  const owner = openOwner(visit);
  await visit.open(world.path("asks-later"));
  await expect(visit.terminal).toContainText("has: nothing");
  await visit.type("ask clock to show the time");
  await expect(owner.sheet).toContainText("asks while it runs (process 0)");
  await expect(async () => {
    await owner.sheet.getByText("Narrow it").click({ timeout: 500 });
    await owner.sheet.getByLabel("At most so many calls").fill("2", { timeout: 500 });
  }).toPass();
  await expect(owner.sheet).toContainText("These bounds are for this answer");
  await owner.answer("Give the time to the minute");
  await expect(visit.terminal).toContainText("given: The time to the minute");
  // The keys are the program's again.
  for (let count = 0; count < 3; count++) await visit.type("now");
  await expect(visit.terminal).toContainText(/time: \d+0000.*time: \d+0000.*the limit "calls"/s);
  await visit.type("ask secret to log in");
  await owner.sheet.getByLabel("The secret").fill("hunter2");
  await owner.answer("Give this secret");
  await visit.type("reveal");
  await expect(visit.terminal).toContainText("revealed: 7");
  await visit.type("ask randomness for a game");
  await owner.answer("Give random bytes of this browser");
  await visit.type("draw");
  await expect(visit.terminal).toContainText("drawn: 8");
  await visit.type("ask memory to grow");
  await owner.answer("Give 1 MiB more memory");
  await expect(visit.terminal).toContainText("given: 1 MiB more memory");
  await visit.type("ask http for the weather");
  await expect(owner.sheet).toContainText("api.example: GET");
  await owner.answer("Give nothing");
});

test("clicks and keys of the first half second do nothing", async ({ visit, world }) => {
  await visit.page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(globalThis, { seen });
    new MutationObserver(() => {
      const sheet = document.querySelector("#sheet");
      const buttons = [...(sheet?.querySelectorAll("button") ?? [])];
      // As soon as it is there, and complete.
      if (sheet === null || buttons.length < 3 || seen.length > 0) return;
      for (const each of sheet.querySelectorAll<HTMLElement>("button, input")) {
        seen.push(each.tagName);
        each.click();
      }
      for (const key of ["Escape", "Enter", " "]) {
        sheet.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
      }
    }).observe(document, { childList: true, subtree: true });
  });
  const owner = openOwner(visit);
  await visit.open(world.path("asks"));
  await expect
    .poll(() =>
      visit.page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen.length),
    )
    .toBeGreaterThan(4);
  await expect(owner.button("Choose a folder …")).toBeVisible();
  await expect(owner.sheet.getByRole("radio", { name: "Read only" })).toBeChecked();
  await expect(visit.terminal).not.toContainText("has:");
  await owner.answer("Choose a folder …");
  await expect(visit.terminal).toContainText("has: notes");
});

for (const cells of ["shared-memory", "jspi"]) {
  test(`what is held is listed, and what is revoked fails from the next call on: ${cells}`, async ({
    visit,
    world,
  }) => {
    const owner = openOwner(visit);
    await visit.page.goto(`${world.node.url}?cells=${cells}#${world.path("asks")}`);
    await owner.answer("Choose a folder …");
    await visit.type("read today.txt");
    await expect(visit.terminal).toContainText("buy milk");
    await owner.openPanel();
    const entry = owner.panel.getByRole("listitem").filter({ hasText: "notes as notes" });
    await expect(entry).toContainText("only list, stat, read");
    await expect(entry).toContainText("used 1 time");
    await owner.type("read today.txt");
    await expect(entry).toContainText("used 2 times");
    await entry.getByRole("button", { name: "Revoke notes" }).click();
    await expect(entry).toHaveCount(0);
    await owner.type("read today.txt");
    await expect(visit.terminal).toContainText(/revoked/);
    const downloading = visit.page.waitForEvent("download");
    await owner.panel.getByRole("button", { name: "Save the log" }).click();
    const stream = await (await downloading).createReadStream();
    const log = (await stream.setEncoding("utf8").toArray()).join("");
    const events = log
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Event);
    const ofNotes = events.filter(({ label }) => label === "notes").map(({ event }) => event);
    expect(ofNotes).toEqual(["granted", "used", "used", "revoked"]);
  });
}

interface Event {
  readonly event: string;
  readonly label: string;
}

/** Gives a folder that the image may keep, and has it kept. @returns the token of what is kept */
async function keepNotes(visit: Visit, owner: OwnerVisit): Promise<string> {
  await visit.type("ask folder to remember");
  await expect(async () => {
    await owner.sheet.getByLabel("may keep it").check({ timeout: 500 });
  }).toPass();
  await owner.answer("Choose a folder …");
  await visit.type("keep");
  const token = async (): Promise<string> => {
    const text = ((await visit.terminal.textContent()) ?? "").replaceAll(/\s+/g, " ");
    return /kept: ([0-9a-f]{64})/.exec(text)?.[1] ?? "";
  };
  await expect.poll(token).not.toBe("");
  return token();
}

for (const cells of ["shared-memory", "jspi"]) {
  test(`a grant is kept over a reload, for its image alone, until it is revoked: ${cells}`, async ({
    visit,
    world,
  }) => {
    const owner = openOwner(visit);
    await visit.page.goto(`${world.node.url}?cells=${cells}#${world.path("asks-later")}`);
    const kept = await keepNotes(visit, owner);

    await visit.page.reload();
    await visit.type(`restore ${kept}`);
    await expect(visit.terminal).toContainText("given: notes");
    await visit.type("read today.txt");
    await expect(visit.terminal).toContainText("buy milk");

    await visit.paste(world.path("asks"));
    await owner.answer("Give nothing");
    await visit.type(`restore ${kept}`);
    await expect(visit.terminal).toContainText("has no grant to restore");

    await visit.paste(world.path("asks-later"));
    await visit.type(`restore ${kept}`);
    await expect(visit.terminal).toContainText("given: notes");
    await owner.openPanel();
    await owner.panel.getByRole("button", { name: "Revoke notes, kept" }).click();
    await expect(owner.panel).toContainText("Nothing is kept.");
    await owner.type("read today.txt");
    await expect(visit.terminal).toContainText(/revoked/);
    await owner.type(`restore ${kept}`);
    await expect(visit.terminal).toContainText("has no grant to restore");
  });
}

test("a kept folder that the browser has locked is opened again by a click", async ({
  visit,
  world,
}) => {
  await visit.page.addInitScript(() => {
    // As the browser does after a reload, for folders outside of the origin's storage.
    Object.assign(FileSystemHandle.prototype, {
      queryPermission: async () => "prompt",
      requestPermission: async () => (navigator.userActivation.isActive ? "granted" : "denied"),
    });
  });
  const owner = openOwner(visit);
  await visit.open(world.path("asks-later"));
  const token = await keepNotes(visit, owner);
  await visit.page.reload();
  await visit.type(`restore ${token}`);
  await expect(owner.sheet).toContainText("An image wants back what it has kept");
  await owner.answer("Open notes again");
  await visit.type("read today.txt");
  await expect(visit.terminal).toContainText("buy milk");
});

test("what an image prints stays in its terminal, and what it gives as a reason in its box", async ({
  visit,
  world,
}) => {
  const owner = openOwner(visit);
  await visit.open(world.path("asks-later"));
  await expect(visit.terminal).toContainText("has: nothing");
  await visit.type("say This page asks you, and not the image [Give nothing]");
  await expect(visit.terminal).toContainText("[Give nothing]");
  await expect(owner.sheet).toHaveCount(0);
  const frame = await visit.page.locator("main").boundingBox();
  const reason = `<b id="x">${"W".repeat(60)}</b>${"\u0301".repeat(90)} \u05D0\u05D1`;
  await visit.type(`ask clock ${reason}`);
  await expect(owner.sheet).toContainText('<b id="x">');
  await expect(visit.page.locator("#x")).toHaveCount(0);
  const sheet = await owner.sheet.boundingBox();
  const main = await visit.page.locator("main").boundingBox();
  if (sheet === null || main === null || frame === null) throw new Error("Nothing is shown");
  // The sheet ends where the terminal begins.
  expect(sheet.y + sheet.height).toBeLessThanOrEqual(main.y);
  const box = owner.sheet.locator(".reason");
  const overflow = await box.evaluate((each) => [
    each.scrollWidth - each.clientWidth,
    getComputedStyle(each).contain,
  ]);
  expect(overflow).toEqual([0, "content"]);
});

test("an image beside it is what another image uses", async ({ visit, world }) => {
  const owner = openOwner(visit);
  await visit.open(world.path("spins"));
  await expect(visit.status).toHaveText(/^Running/);
  await visit.page.getByRole("button", { name: "New" }).click();
  await visit.paste(world.path("asks-later"));
  await visit.type("ask export to call it");
  await owner.answer(/^Give what .* serves$/);
  await expect(visit.terminal.last()).toContainText(`given: ${world.path("spins").slice(0, 30)}`);
});

test("a browser without access to files hands over a copy of a folder", async ({
  visit,
  world,
}, testInfo) => {
  await visit.page.addInitScript(() => {
    const scope = globalThis as unknown as Record<string, unknown>;
    for (const name of ["showDirectoryPicker", "showOpenFilePicker"]) delete scope[name];
    for (const name of ["showDirectoryPicker", "showOpenFilePicker"]) {
      delete (Window.prototype as unknown as Record<string, unknown>)[name];
    }
  });
  const folder = testInfo.outputPath("notes");
  await mkdir(`${folder}/sub`, { recursive: true });
  await writeFile(`${folder}/sub/today.txt`, "buy bread");
  const owner = openOwner(visit);
  await visit.open(world.path("asks"));
  await expect(owner.sheet).toContainText("This browser hands over a copy");
  await expect(owner.sheet.getByText("may keep it")).toHaveCount(0);
  visit.page.on("filechooser", (chooser) => void chooser.setFiles(folder));
  await owner.answer("Choose a folder …");
  await visit.type("read sub/today.txt");
  await expect(visit.terminal).toContainText("buy bread");
});

for (const cells of ["shared-memory", "jspi"]) {
  test(`a program of the later generation asks, is given, refused and revoked: ${cells}`, async ({
    visit,
    world,
  }) => {
    const owner = openOwner(visit);
    await visit.page.goto(`${world.node.url}?cells=${cells}#${world.path("asks-by-name")}`);
    await expect(owner.sheet).toContainText("to read your notes");
    await owner.answer("Choose a folder …");
    await expect(visit.terminal).toContainText("has: notes");
    await visit.type("read today.txt");
    await expect(visit.terminal).toContainText("buy milk");
    await visit.type("write today.txt");
    await expect(visit.terminal).toContainText(/permission-denied: Cannot call \S+ of notes/);

    await visit.type("ask clock to show the time");
    await expect(owner.sheet).toContainText("asks while it runs (process 0)");
    await owner.answer("Give nothing");
    await expect(visit.terminal).toContainText("no clock: the visitor gives nothing");
    await visit.type("ask clock to show the time, please");
    await owner.answer("Give the time to the minute");
    await expect(visit.terminal).toContainText("given: The time to the minute");
    await visit.type("now");
    await expect(visit.terminal).toContainText(/time: \d+0000/);

    await owner.openPanel();
    await owner.panel.getByRole("button", { name: "Revoke The time to the minute" }).click();
    await owner.type("now");
    await expect(visit.terminal).toContainText(
      /"The time to the minute" was revoked|target-revoked/,
    );
    const mode = cells === "jspi" ? "JSPI" : "shared memory";
    await expect(visit.page.locator("#cell-mode")).toHaveText(mode);
  });
}

test("an image calls the hosts that the visitor names, and no others", async ({ visit, world }) => {
  const requests: (string | undefined)[] = [];
  await using server = await startServer((request, response) => {
    requests.push(request.headers.authorization);
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-allow-headers", "authorization");
    response.end(request.method === "OPTIONS" ? "" : "sunny");
  });
  const owner = openOwner(visit);
  await visit.open(world.path("asks-later"));
  await visit.type("ask http for the weather");
  await expect(owner.sheet.getByRole("textbox", { name: "Hosts" })).toHaveValue("api.example");
  await owner.sheet.getByRole("textbox", { name: "Hosts" }).fill(server.origin);
  await expect(async () => {
    await owner.sheet.getByText("Header to add").first().click({ timeout: 500 });
    await owner.sheet
      .getByRole("textbox", { name: "Header to add" })
      .fill("authorization", { timeout: 500 });
  }).toPass();
  await owner.sheet.getByLabel("Its secret value").fill("Bearer hunter2");
  await owner.answer("Give these hosts");
  await expect(visit.terminal).toContainText(`given: GET ${server.origin} with header`);
  await visit.type(`get ${server.origin}/now`);
  await expect(visit.terminal).toContainText("200: sunny");
  expect(requests).toContain("Bearer hunter2");
  await visit.type("get https://other.example/");
  await expect(visit.terminal).toContainText("the host is not among those that were granted");
});

test("an image that asks beside the one that is looked at has a mark, and waits", async ({
  visit,
  world,
}) => {
  const owner = openOwner(visit);
  await visit.open(world.path("asks"));
  await expect(owner.sheet).toBeVisible();
  await visit.page.getByRole("button", { name: "New" }).click();
  await expect(owner.sheet).toBeHidden();
  const tab = visit.page.getByRole("navigation").getByRole("button", { name: /^asks asks$/ });
  await tab.click();
  await expect(owner.sheet).toContainText("An image wants to read and change a folder");
  await owner.answer("Give nothing");
  await expect(visit.terminal).toContainText("has: nothing");
});
