/** Asks the terminal for the work of years in a few bytes, and never ends. */
import { encodeText } from "#base";
import type { Cell } from "../../../guests/sdk/index.ts";

export async function main({ stdout }: Cell): Promise<void> {
  await stdout.write(encodeText("begin\n"));
  const lines = encodeText("\u001b[999999999L".repeat(1000));
  for (;;) await stdout.write(lines);
}
