/** The same with what a first process of the later generation has: everything by name. @see ../ask-as-told.ts */
import { cast } from "#capnp";
import { Powerbox } from "#schema";
import { Membrane } from "#schema/later";
import { connectHost, type Cell } from "../../../guests/sdk/index.ts";
import { askAsTold } from "../ask-as-told.ts";

export async function main(cell: Cell): Promise<void> {
  using connection = connectHost(cell);
  using membrane = connection.bootstrap(Membrane);
  using grafted = await membrane.graft();
  cell.ready();
  const found = grafted.caps.find(({ name }) => name === "powerbox");
  if (found === undefined) throw new Error("There is no powerbox");
  using powerbox = cast(found.cap, Powerbox);
  const given = grafted.caps.filter(({ name }) => name === "notes");
  await askAsTold(cell, powerbox, given);
}
