/** The folder where the commands of one user find each other, and which no other user of the computer can enter. */
import { lstat, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { Exception, toMessage } from "#base";

/** Permissions of the group and of others. */
const NOT_OWNERS = 0o077;

/**
 * The folder of `ww` in the user's runtime folder, else one in the temporary folder. It may not exist yet. `undefined` on
 * systems whose files do not tell their owner, such as Windows.
 *
 * @param runtime the value of `XDG_RUNTIME_DIR`
 */
export async function chooseRuntimeFolder(
  runtime: string | undefined = process.env["XDG_RUNTIME_DIR"],
): Promise<string | undefined> {
  const uid = process.getuid?.();
  if (uid === undefined) return undefined;
  if (runtime !== undefined && isAbsolute(runtime) && (await describeFlaw(runtime)) === undefined) {
    return join(runtime, "ww");
  }
  return join(tmpdir(), `ww-${uid}`);
}

/**
 * Creates the folder unless it exists.
 *
 * @throws {Exception} `failed` when another user could enter it, or owns it.
 */
export async function makeRuntimeFolder(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch((reason: NodeJS.ErrnoException) => {
    if (reason.code === "EEXIST") return;
    throw new Exception("failed", `Cannot make the folder "${folder}": ${toMessage(reason)}`);
  });
  const flaw = await describeFlaw(folder);
  if (flaw === undefined) return;
  throw new Exception("failed", `Cannot use the folder "${folder}": ${flaw}; remove it first`);
}

/**
 * Why a folder is not private to this user; `undefined` if it is. A resident that another user had put there would get
 * everything that this user's runs are granted.
 */
export async function describeFlaw(folder: string): Promise<string | undefined> {
  const found = await lstat(folder).catch(() => undefined);
  if (found === undefined) return "it is not there";
  if (!found.isDirectory()) return "it is not a folder";
  if (found.uid !== process.getuid?.()) return "it belongs to another user";
  return (found.mode & NOT_OWNERS) === 0 ? undefined : "other users may enter it";
}
