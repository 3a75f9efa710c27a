/** Which Firefox the stories drive; it must be there, none is downloaded. */
import { existsSync } from "node:fs";

/** Debian's package, and everybody else's. */
const INSTALLED = ["/usr/bin/firefox-esr", "/usr/bin/firefox"];

/** `FIREFOX` of the environment, else an installed one; undefined when there is none. */
export function firefoxPath(): string | undefined {
  return process.env["FIREFOX"] ?? INSTALLED.find((path) => existsSync(path));
}
