/** Keeps the newest record of each name as a file in the node's state. */
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Exception } from "#base";
import { isOlder } from "#net";
import type { NameRecord, NameStore } from "#net";
import { base36 } from "multiformats/bases/base36";
import { CID } from "multiformats/cid";

const ENDING = ".json";

/**
 * Opens a folder for this process only, and creates it if necessary. No name is evicted; beyond `limit` names, no further
 * one is kept.
 *
 * @throws {Exception} `failed`, from its methods, when a file is damaged.
 */
export async function openNameFiles(folder: string, limit = 1024): Promise<NameStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const kept = new Set((await readdir(folder)).filter((name) => name.endsWith(ENDING)));
  let turn: Promise<unknown> = Promise.resolve();

  const get = async (key: CID): Promise<NameRecord | undefined> => {
    const path = join(folder, toName(key));
    return kept.has(toName(key)) ? parseRecord(await readFile(path, "utf8"), path) : undefined;
  };
  const keep = async (key: CID, record: NameRecord): Promise<NameRecord> => {
    const known = await get(key);
    if (known !== undefined && isOlder(record, known)) return known;
    const name = toName(key);
    if (!kept.has(name) && kept.size >= limit) {
      throw new Exception("overloaded", `Cannot keep the record: this node has ${limit} names`);
    }
    // Written completely or not at all.
    const draft = join(folder, `${name}.new`);
    await writeFile(draft, formatRecord(record), { mode: 0o600 });
    await rename(draft, join(folder, name));
    kept.add(name);
    return record;
  };
  return {
    get,
    keep(key, record) {
      const keeping = turn.then(() => keep(key, record));
      turn = keeping.catch(() => undefined);
      return keeping;
    },
  };
}

function toName(key: CID): string {
  return key.toString(base36) + ENDING;
}

function formatRecord({ sequence, cid, bytes }: NameRecord): string {
  const record = Buffer.from(bytes).toString("base64");
  return `${JSON.stringify({ sequence: sequence.toString(), cid: cid.toString(), record })}\n`;
}

function parseRecord(text: string, path: string): NameRecord {
  try {
    const { sequence, cid, record } = JSON.parse(text) as Readonly<Record<string, string>>;
    const bytes = new Uint8Array(Buffer.from(record ?? "", "base64"));
    return { sequence: BigInt(sequence ?? ""), cid: CID.parse(cid ?? ""), bytes };
  } catch (cause) {
    throw new Exception("failed", `"${path}" is not a record of a name; remove it`, { cause });
  }
}
