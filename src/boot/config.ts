/** The page's configuration: served beside it, never part of an image. */
import { Exception } from "#base";

export interface PageConfig {
  /** Base addresses of trustless gateways, absolute. */
  readonly gateways: readonly string[];
  /** Multiaddrs with peer ids. */
  readonly relays: readonly string[];
}

/**
 * Reads `config.json` from where the page came from.
 *
 * @throws {Exception} `failed` when it is not there or cannot be read.
 */
export async function loadConfig(
  fetch: (url: string) => Promise<Response>,
  base: string,
): Promise<PageConfig> {
  const url = new URL("config.json", base).href;
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`the answer was ${response.status}`);
    const config: unknown = await response.json();
    return {
      gateways: readList(config, "gateways").map((gateway) => new URL(gateway, base).href),
      relays: readList(config, "relays"),
    };
  } catch (error) {
    throw new Exception("failed", `Cannot read the page's configuration, "${url}"`, {
      cause: error,
    });
  }
}

function readList(config: unknown, name: string): readonly string[] {
  const list: unknown = (config as Readonly<Record<string, unknown>> | null)?.[name];
  if (Array.isArray(list) && list.every((entry) => typeof entry === "string")) return list;
  throw new SyntaxError(`"${name}" is not a list of texts`);
}
