import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { explainFile, explainUncaught } from "./explain-file.ts";
import { makeFolder } from "./folder.testing.ts";

test("explainFile() says why a file cannot be used, without codes and calls of Node", async () => {
  await using folder = await makeFolder({ file: "" });
  const why = (path: string): Promise<string> =>
    readFile(join(folder.path, path)).then(() => "nothing", explainFile);
  expect(await why("none")).toBe("it does not exist");
  expect(await why("file/below")).toBe("it is not a folder, or lies below a file");
  expect(await why("")).toBe("it is a folder");
  expect(await mkdir(folder.path).catch(explainFile)).toBe("it exists");
  expect(explainFile(new Error("Something else"))).toBe("Something else");
});

test("explainUncaught() explains failures with a path alone", async () => {
  const failure = await readFile("/none/at/all").catch((reason: unknown) => reason);
  expect(explainUncaught(failure)).toBe('Cannot use "/none/at/all": it does not exist');
  expect(explainUncaught(new Error("ENOENT"))).toBeUndefined();
  expect(explainUncaught(undefined)).toBeUndefined();
});
