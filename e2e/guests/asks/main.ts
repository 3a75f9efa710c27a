/** Asks its owner as its input says, with what a first process of the first generation has. @see ../ask-as-told.ts */
import { Membrane, WetwareSession } from "#schema";
import { connectHost, type Cell } from "../../../guests/sdk/index.ts";
import { askAsTold } from "../ask-as-told.ts";

export async function main(cell: Cell): Promise<void> {
  using connection = connectHost(cell);
  using membrane = connection.bootstrap(Membrane(WetwareSession));
  using grafted = await membrane.graft(null);
  const { powerbox, grants } = grafted.session.extension;
  await askAsTold(cell, powerbox, grants);
}
