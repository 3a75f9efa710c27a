/** Secrets of whoever runs `ww`: from the environment or from files, never from arguments, which all users of a computer see. */
import { readFile } from "node:fs/promises";
import { Exception } from "#base";
import { SecretText } from "#http";
import { UsageError } from "./usage.ts";

/** Larger than any token; a mistaken file is not read to its end. */
const LIMIT_BYTES = 64 * 1024;

/**
 * The secret that a text refers to: `env:NAME`, or `file:path`, without the line break at the end of the file.
 *
 * @param what it is for, as in `--grant`
 * @throws {UsageError} when the text refers to nothing, and does not repeat it: it may be the secret itself.
 * @throws {Exception} `failed` when there is nothing at that place.
 */
export async function readSecret(
  text: string,
  what: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<SecretText> {
  const [, kind, place = ""] = /^(env|file):(.+)$/.exec(text) ?? [];
  if (kind === undefined) {
    throw new UsageError(`${what} takes a secret as env:NAME or file:path, not as it is`);
  }
  if (kind === "env") {
    const value = env[place] ?? "";
    if (value === "")
      throw new Exception("failed", `Cannot read secret: variable "${place}" is empty`);
    return new SecretText(value);
  }
  let value: string;
  try {
    value = await readFile(place, "utf8");
  } catch (reason) {
    const { code = "" } = reason as NodeJS.ErrnoException;
    throw new Exception("failed", `Cannot read secret: file "${place}" gives ${code}`, {
      cause: reason,
    });
  }
  const secret = value.replace(/\r?\n$/, "");
  if (secret === "" || secret.length > LIMIT_BYTES) {
    throw new Exception("failed", `Cannot read secret: file "${place}" is empty or too long`);
  }
  return new SecretText(secret);
}
