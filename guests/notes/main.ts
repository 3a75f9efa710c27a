/** Lists a folder that its owner has designated, and keeps a log in it where it may write. */
import { decodeText, encodeText } from "#base";
import { cast, type Client } from "#capnp";
import { Clock, Folder, Membrane, WetwareSession, type Export } from "#schema";
import { connectHost, type Cell } from "../sdk/index.ts";

const LOG = "visits.log";

export async function main(cell: Cell): Promise<number> {
  using connection = connectHost(cell);
  using membrane = connection.bootstrap(Membrane(WetwareSession));
  using grafted = await membrane.graft(null);
  const { grants } = grafted.session.extension;
  const given = find(grants, "notes");
  if (given === undefined) {
    await print(cell, "Nobody has given me any notes");
    return 2;
  }
  using folder = cast(given, Folder);
  const { entries } = await folder.list("");
  for (const entry of entries) {
    if (entry.which !== "file") continue;
    const { data } = await folder.read(entry.name, 0, 80);
    const [line = ""] = decodeText(data).split("\n");
    await print(cell, `${entry.name} (${entry.file} bytes): ${line}`);
  }
  await print(cell, await writeLog(folder, await readTime(grants)));
  return 0;
}

async function readTime(grants: readonly Export[]): Promise<string> {
  const given = find(grants, "now");
  if (given === undefined) return "some time";
  using clock = cast(given, Clock);
  return new Date((await clock.now()).ms).toISOString();
}

async function writeLog(folder: Folder, when: string): Promise<string> {
  try {
    await folder.write(LOG, 0, encodeText(`Visited at ${when}\n`));
    return `Wrote ${LOG}`;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `Wrote nothing, as I have asked to read alone: ${why}`;
  }
}

function find(grants: readonly Export[], wanted: string): Client | undefined {
  return grants.find(({ name }) => name === wanted)?.cap;
}

async function print(cell: Cell, text: string): Promise<void> {
  await cell.stdout.write(encodeText(`${text}\n`));
}
