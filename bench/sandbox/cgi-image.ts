/** An image that has a program of C answer requests by CGI. */
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { placeGuests } from "../cell/guests.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export const CGI_IMAGE: string = here("../../.cache/bench/cgi-image");

/** Makes it, and puts the guests of the bench of cells into the page's folder. */
export async function placeCgi(distFolder: string): Promise<void> {
  const guests = join(distFolder, "guests");
  await placeGuests(guests);
  const bin = join(CGI_IMAGE, "bin");
  await mkdir(bin, { recursive: true });
  await copyFile(here("../../public/images/later-pid0/bin/main.wasm"), join(bin, "main.wasm"));
  await copyFile(join(guests, "cgi.wasm"), join(bin, "cgi.wasm"));
}
