import { expect, test } from "vitest";
import { createLineLogger, parseLogLevel } from "./log.ts";

test("createLineLogger() writes what is important enough, with what differs", () => {
  const lines: string[] = [];
  const logger = createLineLogger("info", (line) => lines.push(line));
  logger.log("debug", "rpc", "call");
  logger.log("info", "kernel", "run ended", { id: 1, outcome: "exited", reason: undefined });
  logger.log("error", "net", "relay lost", { address: '/dns4/"x"\n' });
  expect(lines).toEqual([
    'info kernel: run ended id=1 outcome="exited"',
    String.raw`error net: relay lost address="/dns4/\"x\"\n"`,
  ]);
});

test.each([
  ["warn", "warn"],
  ["loud", undefined],
  [null, undefined],
])("parseLogLevel() knows a level by its name: %s", (text, level) => {
  expect(parseLogLevel(text)).toBe(level);
});
