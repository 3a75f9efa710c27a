import { join } from "node:path";
import { expect, test } from "vitest";
import { makeFolder } from "../folder.testing.ts";
import { parseGrants } from "./parse-grant.ts";
import { requireDesignated } from "./require-designated.ts";

const check = (...grants: string[]): Promise<void> => requireDesignated(parseGrants(grants));

test("requireDesignated() refuses what is not there, with the grant's name", async () => {
  await using folder = await makeFolder({ key: "secret", "notes/one": "1" });
  const at = (path: string): string => join(folder.path, path);
  await check(`notes=folder:${at("notes")},writes`, `key=secret:file:${at("key")}`, "now=clock");
  await expect(check(`notes=folder:${at("none")}`)).rejects.toThrow(
    `Cannot grant "notes": there is no folder "${at("none")}"`,
  );
  await expect(check(`notes=folder:${at("key")}`)).rejects.toThrow("there is no folder");
  await expect(check(`key=secret:file:${at("none")}`)).rejects.toThrow(
    `Cannot grant "key": the file "${at("none")}" cannot be read: it does not exist`,
  );
  await expect(check("key=secret:env:WW_NO_SUCH_KEY")).rejects.toThrow(
    'the variable "WW_NO_SUCH_KEY" of the environment is not set',
  );
});
