/** Refuses a grant of what is not there, before a browser starts for it. */
import { Exception, toMessage } from "#base";
import type { Designations } from "./designation.ts";
import { openHostFolder } from "./host-folder.ts";
import { readSecret } from "./read-secret.ts";

/**
 * Looks for the folders and secrets of a command line. Those of a policy file may be meant for other images, so they are
 * missed only when an image asks for them.
 *
 * @throws {Exception} `failed` with the grant and what is missing.
 */
export async function requireDesignated(designations: Designations): Promise<void> {
  for (const [name, { what }] of designations) {
    try {
      if (what.kind === "folder") await openHostFolder(what.path);
      if (what.kind === "secret") await readSecret(what.place);
    } catch (cause) {
      throw new Exception("failed", `Cannot grant "${name}": ${toMessage(cause)}`, { cause });
    }
  }
}
