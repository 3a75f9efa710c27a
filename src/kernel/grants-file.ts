/** Reads an image's `etc/grants.json`: the grants that it asks for before it starts, and those that its services get. */
import { decodeText, Exception } from "#base";
import type { FileTree } from "#base";
import { parseForm, readAsk } from "#caps";
import type { JsonValue } from "#caps";
import type { Ask } from "#schema";

export type RestartPolicy = "never" | "on-failure" | "always";

export interface ServiceWish {
  /** Names of the image's grants that the service gets. */
  readonly grants: readonly string[];
  readonly restart: RestartPolicy;
}

export interface GrantsFile {
  /** Keyed by the names under which the image asks. */
  readonly grants: ReadonlyMap<string, Ask>;
  /** Keyed by the services' names; other services get no grants and are never restarted. */
  readonly services: ReadonlyMap<string, ServiceWish>;
}

const PATH = "etc/grants.json";
const LIMIT_BYTES = 256 * 1024;
const GRANT_LIMIT = 32;
const RESTARTS: readonly string[] = ["never", "on-failure", "always"];

/**
 * Reads the file; without one, both maps are empty.
 *
 * @throws {Exception} `failed` with file, line and key when the content is invalid.
 */
export async function readGrantsFile(tree: FileTree, signal: AbortSignal): Promise<GrantsFile> {
  const entry = tree.entries.get(PATH);
  if (entry?.type !== "file") return { grants: new Map(), services: new Map() };
  if (entry.sizeBytes > LIMIT_BYTES) {
    throw new Exception("failed", `"${PATH}" has more than ${LIMIT_BYTES} bytes`);
  }
  return parseGrantsFile(decodeText(await tree.read(PATH, 0, entry.sizeBytes, { signal })));
}

function parseGrantsFile(text: string): GrantsFile {
  const fields = parseForm(text, PATH).fields(["grants", "services"]);
  const grants = new Map<string, Ask>();
  for (const [name, value] of fields.get("grants")?.fields() ?? []) {
    if (!/^[\w.-]{1,100}$/.test(name))
      value.fail("has a name with other characters than letters, digits, . _ -");
    grants.set(name, readAsk(value));
    if (grants.size > GRANT_LIMIT) value.fail(`is one of more than ${GRANT_LIMIT} grants`);
  }
  const services = new Map<string, ServiceWish>();
  for (const [name, value] of fields.get("services")?.fields() ?? []) {
    services.set(name, readService(value, grants));
  }
  return { grants, services };
}

function readService(value: JsonValue, known: ReadonlyMap<string, Ask>): ServiceWish {
  const fields = value.fields(["grants", "restart"]);
  const grants = (fields.get("grants")?.list() ?? []).map((item) => {
    const name = item.text();
    if (!known.has(name)) item.fail(`is not a grant of the image: "${name}"`);
    return name;
  });
  const restart = fields.get("restart")?.text() ?? "never";
  if (!RESTARTS.includes(restart))
    fields.get("restart")?.fail(`is not one of ${RESTARTS.join(", ")}`);
  return { grants, restart: restart as RestartPolicy };
}
