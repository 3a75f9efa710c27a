/** The key of the control plane, in a file that only its owner can read. */
import { randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Exception } from "#base";

/** The form that SDKs require before they send anything. */
const FORM = /^e2b_[0-9a-f]{40}$/;

/** The key in the file; `undefined` when there is no file. @throws {Exception} `failed` when the file holds no key. */
export async function readApiKey(path: string): Promise<string | undefined> {
  const text = await readFile(path, "utf8").catch((reason: NodeJS.ErrnoException) => {
    if (reason.code === "ENOENT") return undefined;
    throw reason;
  });
  if (text === undefined) return undefined;
  const key = text.trim();
  if (FORM.test(key)) return key;
  const state = 'a key is "e2b_" and 40 hexadecimal digits, and this file holds something else';
  const advice = "name another file, or remove it to have a new key made";
  throw new Exception("failed", `Cannot use "${path}" as an API key: ${state}; ${advice}`);
}

/** The same; creates the file with a new key if there is none. */
export async function openApiKey(
  path: string,
): Promise<{ readonly key: string; readonly isNew: boolean }> {
  const known = await readApiKey(path);
  if (known !== undefined) return { key: known, isNew: false };
  const key = `e2b_${randomBytes(20).toString("hex")}`;
  await mkdir(dirname(path), { recursive: true });
  // Written completely or not at all, and readable only by its owner.
  const draft = `${path}.new`;
  await writeFile(draft, `${key}\n`, { mode: 0o600 });
  await chmod(draft, 0o600);
  await rename(draft, path);
  return { key, isNew: true };
}
