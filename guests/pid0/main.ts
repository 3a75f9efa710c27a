import { encodeText } from "#base";
import type { Cell } from "../sdk/index.ts";

export async function main({ stdout }: Cell): Promise<void> {
  await stdout.write(encodeText("CHILD_OK\n"));
}
