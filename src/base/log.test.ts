import { expect, test } from "vitest";
import { createJsonLogger, createLineLogger, parseLogLevel } from "./log.ts";

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

test("createJsonLogger() writes an object in each line, whose own fields none takes the place of", () => {
  const lines: string[] = [];
  const logger = createJsonLogger(
    "warn",
    (line) => lines.push(line),
    () => "1970-01-01T00:00:00.000Z",
  );
  logger.log("info", "mesh", "connection:open");
  logger.log("warn", "mesh", "refused", { what: "\n", level: "debug", peer: undefined });
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      time: "1970-01-01T00:00:00.000Z",
      level: "warn",
      room: "mesh",
      message: "refused",
      what: "\n",
    },
  ]);
  expect(lines.join("")).not.toContain("\n");
});

test.each([
  ["warn", "warn"],
  ["loud", undefined],
  [null, undefined],
])("parseLogLevel() knows a level by its name: %s", (text, level) => {
  expect(parseLogLevel(text)).toBe(level);
});
