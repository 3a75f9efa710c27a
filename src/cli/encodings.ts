/** The encodings of files that are stored compressed, and which of them a browser accepts. */

/** Encodings by their HTTP names, those with the smallest files first. */
export const ENCODINGS = [
  { name: "br", ending: ".br" },
  { name: "gzip", ending: ".gz" },
] as const;

export type Encoding = (typeof ENCODINGS)[number];

/**
 * The encodings that are acceptable, in our order of preference.
 *
 * @param header `Accept-Encoding`
 * @see RFC 9110, section 12.5.3
 */
export function readAcceptedEncodings(header: string): Encoding[] {
  const weights = new Map<string, number>();
  for (const entry of header.toLowerCase().split(",")) {
    const [name = "", ...parameters] = entry.split(";").map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith("q="));
    weights.set(name, weight === undefined ? 1 : Number(weight.slice(2)));
  }
  const rest = weights.get("*") ?? 0;
  return ENCODINGS.filter(({ name }) => (weights.get(name) ?? rest) > 0);
}
