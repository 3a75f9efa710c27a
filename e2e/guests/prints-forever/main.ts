/** Prints as fast as it can, and never ends. */
import { encodeText } from "#base";
import type { Cell } from "../../../guests/sdk/index.ts";

export async function main({ stdout }: Cell): Promise<void> {
  for (let line = 0; ; line++) await stdout.write(encodeText(`line ${line}\n`));
}
