import { expect, test } from "vitest";
import { chooseWorkers } from "./cell-workers.ts";

const AGENTS = [
  ["page", "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"],
  ["page", "Mozilla/5.0 (Android 15; Mobile; rv:153.0) Gecko/153.0 Firefox/153.0"],
  ["kernel", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML) Chrome/156.0.0.0"],
  ["kernel", "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML) Version/27.0 Safari/605.1.15"],
  [
    "kernel",
    "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 (KHTML) FxiOS/153.0 Mobile Safari/605.1.15",
  ],
] as const;

test.each(AGENTS)("chooseWorkers() has the %s start them in %s", (startedBy, agent) => {
  expect(chooseWorkers("cell.js", agent).startedBy).toBe(startedBy);
});
