/** Three projects: `unit` in Node, `browser` in Chromium for what Node lacks, `firefox` for stories in Firefox. */
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { chromiumLaunch } from "./src/cli/chromium.ts";
import { scriptText } from "./src/cli/script-text.ts";

export default defineConfig({
  plugins: [scriptText()],
  worker: { format: "es" },
  optimizeDeps: {
    // What browser tests load are ES modules but for this one; whatever else was found later would reload a page under test.
    noDiscovery: true,
    include: ["vitest > expect-type"],
    exclude: ["@bytecodealliance/jco", "@bytecodealliance/jco-transpile"],
  },
  test: {
    // What is polled for comes, however busy the machine is.
    expect: { poll: { timeout: 4_500 } },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["{src,guests}/**/*.test.{ts,mjs}"],
          exclude: ["**/*.browser.test.ts"],
          // Node has what suspends a guest behind a flag.
          execArgv: ["--experimental-wasm-jspi"],
        },
      },
      {
        extends: true,
        server: {
          headers: {
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Embedder-Policy": "require-corp",
          },
        },
        test: {
          name: "browser",
          include: ["{src,guests}/**/*.browser.test.ts"],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: chromiumLaunch() }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
      {
        extends: true,
        test: {
          name: "firefox",
          include: ["e2e/firefox/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
