/** Measures the memory of the browser's pages, as the system counts it. */
import { readFile } from "node:fs/promises";
import type { Browser } from "playwright";

/** The resident bytes of all renderer processes. @throws {Error} if there is no `/proc`. */
export async function readResidentBytes(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const renderers = processInfo.filter(({ type }) => type === "renderer");
  const sizes = renderers.map(async ({ id }) => {
    const status = await readFile(`/proc/${id}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
