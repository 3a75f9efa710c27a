/** Who works on the page sees it run, as it is in `src`. */
import { fileURLToPath } from "node:url";
import { createServer } from "vite";
import { expect, test } from "./fixtures.ts";
import { openVisit } from "./visit.ts";

test("npm run dev shows a page that runs", async ({ page }) => {
  const server = await createServer({
    configFile: fileURLToPath(new URL("../vite.config.ts", import.meta.url)),
    root: fileURLToPath(new URL("..", import.meta.url)),
    logLevel: "error",
    server: { port: 0, watch: null, hmr: false },
  });
  try {
    await server.listen();
    const visit = await openVisit(page, server.resolvedUrls?.local[0] ?? "");
    await visit.open();
    await page.getByRole("link", { name: "pid0", exact: true }).click();
    await expect(visit.terminal).toContainText("CHILD_OK");
    await expect(visit.status).toHaveText("Exited with code 0");
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  } finally {
    await server.close();
  }
});
