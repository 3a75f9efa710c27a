/** The visitor as the owner of what images ask for. */
import type { Locator, Page } from "playwright/test";
import { expect } from "./fixtures.ts";
import type { Visit } from "./visit.ts";

export interface OwnerVisit {
  /** What an image asks. */
  readonly sheet: Locator;
  readonly panel: Locator;
  button(name: string | RegExp): Locator;
  /** Clicks until it counts: for half a second after the sheet has appeared, clicks do not. */
  answer(name: string | RegExp): Promise<void>;
  /** Types a line into the program. */
  type(line: string): Promise<void>;
  openPanel(): Promise<void>;
}

export function openOwner({ page, ...visit }: Visit): OwnerVisit {
  const sheet = page.getByRole("dialog");
  const panel = page.locator("#held .panel");
  const button = (name: string | RegExp): Locator =>
    sheet.getByRole("button", { name, exact: true });
  return {
    sheet,
    panel,
    button,
    async answer(name) {
      const before = await sheet.getByRole("heading").textContent();
      await expect(async () => {
        const asked = sheet.getByRole("heading", { name: before ?? "", exact: true });
        if ((await asked.count()) > 0) await button(name).click({ timeout: 1000 });
        await expect(asked).toHaveCount(0, { timeout: 400 });
      }).toPass();
    },
    async type(line) {
      await page.locator(".screen:not([hidden]) textarea").focus();
      await visit.type(line);
    },
    async openPanel() {
      await page.locator("#held summary").click();
      await expect(panel).toBeVisible();
    },
  };
}

/** Instead of the browser's own windows, which no test reaches: they give a folder of the origin's private file system. */
export async function replacePickers(page: Page): Promise<void> {
  await page.addInitScript(() => {
    // oxlint-disable-next-line unicorn/consistent-function-scoping -- what is around it does not come along
    const makeFolder = async (): Promise<FileSystemDirectoryHandle> => {
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle("notes", { create: true });
      const file = await folder.getFileHandle("today.txt", { create: true });
      const writable = await file.createWritable();
      await writable.write("buy milk");
      await writable.close();
      return folder;
    };
    Object.assign(globalThis, {
      showDirectoryPicker: makeFolder,
      showOpenFilePicker: async () => [await (await makeFolder()).getFileHandle("today.txt")],
    });
  });
}
