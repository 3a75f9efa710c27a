/** Reads JSON bodies of plain HTTP, field by field. */
import { HttpError } from "./errors.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** The fields of an object; an empty body has none. @throws {HttpError} 400 when the text is not a JSON object */
export function parseFields(text: string): Fields {
  if (text.trim() === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new HttpError(400, "the body is not JSON");
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw new HttpError(400, "the body is not a JSON object");
}

/** @throws {HttpError} 400 for another type */
export function readText(fields: Fields, name: string): string | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined || typeof value === "string") return value;
  throw new HttpError(400, `${name} is not a string`);
}

/** @throws {HttpError} 400 for another type */
export function readTexts(fields: Fields, name: string): readonly string[] {
  const value = fields[name] ?? [];
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw new HttpError(400, `${name} is not a list of strings`);
}

/** @throws {HttpError} 400 for another type */
export function readTextMap(
  fields: Fields,
  name: string,
): Readonly<Record<string, string>> | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value === "object" && !Array.isArray(value)) {
    const entries = Object.entries(value ?? {});
    if (entries.every(([, text]) => typeof text === "string"))
      return value as Record<string, string>;
  }
  throw new HttpError(400, `${name} is not a map of strings`);
}
