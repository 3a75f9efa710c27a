/** Reads secrets for `ww` from the environment or from files, never from arguments, which all users of a computer see. */
import { readFile } from "node:fs/promises";
import { Exception } from "#base";
import { SecretText } from "#http";
import { explainFile } from "../explain-file.ts";
import type { SecretPlace } from "./designation.ts";

/** More than any token has; a larger file is probably the wrong one, and is refused. */
const LIMIT_CHARACTERS = 64 * 1024;

/**
 * The secret at the place, without a line break at the end of a file.
 *
 * @throws {Exception} `failed` when there is none; the message contains no value.
 */
export async function readSecret(place: SecretPlace): Promise<SecretText> {
  if (place.type === "env") {
    const value = process.env[place.name] ?? "";
    if (value !== "") return new SecretText(value);
    throw new Exception("failed", `the variable "${place.name}" of the environment is not set`);
  }
  const { path } = place;
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new Exception("failed", `the file "${path}" cannot be read: ${explainFile(cause)}`, {
      cause,
    });
  });
  const value = text.replace(/\r?\n$/, "");
  if (value !== "" && value.length <= LIMIT_CHARACTERS) return new SecretText(value);
  throw new Exception("failed", `the file "${path}" is empty, or too long for a secret`);
}
