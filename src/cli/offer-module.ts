/** The module with the types of everything that cells offer: `wit/` in the binary encoding of components. */
import { readFile, writeFile } from "node:fs/promises";
import { encodeImports } from "../../guests/toolchain/encode-imports.ts";

/** Relative to the repository, which is the working folder. */
export const OFFER_MODULE = "src/wasi/generated/offer.ts";

/**
 * The text that the module should have.
 *
 * @throws when a file of `wit/` cannot be parsed
 */
export async function makeOfferModule(): Promise<string> {
  const base64 = Buffer.from(await encodeImports("imports")).toString("base64");
  return `// Generated from wit/ by "npm run gen". Do not edit.

/**
 * A component that imports every interface which cells offer, by its full name, and has nothing else: types, aliases
 * and imports, without custom sections. In base64.
 *
 * @see wit/worlds.wit the world \`imports\`
 */
export const OFFER: string =
  "${base64}";
`;
}

/** The text of the module on disk; empty if there is none. */
export async function readOfferModule(): Promise<string> {
  return await readFile(OFFER_MODULE, "utf8").catch(() => "");
}

export async function writeOfferModule(text: string): Promise<void> {
  await writeFile(OFFER_MODULE, text);
}
