/** What a command line can give as an image: a path on this disk, or the name of an image elsewhere. */
import { stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { Exception, toMessage } from "#base";
import { ENTRYPOINT, parseImageName } from "#image";

export type Layer =
  | {
      readonly type: "file";
      readonly text: string;
      /** For a folder: the path of a program in it, which is appended to the image's link. */
      readonly program?: string;
      /** The name of a program that is not in an image. */
      readonly alone?: string;
    }
  | {
      readonly type: "name";
      /** The path of its link. */
      readonly text: string;
      /** The gateway that is in the name, if it is an address. */
      readonly gateway?: string | undefined;
    };

/** @throws {Exception} `failed` when one of the texts is not an image, with advice from the second one on. */
export async function findLayers(texts: readonly string[]): Promise<readonly Layer[]> {
  const layers: Layer[] = [];
  for (const text of texts) {
    try {
      layers.push(await findLayer(text));
    } catch (reason) {
      if (layers.length === 0) throw reason;
      throw new Exception("failed", `${toMessage(reason)}; arguments follow --`, {
        cause: reason,
      });
    }
  }
  return layers;
}

/** @throws {Exception} `failed` when the text is neither a path nor a name. */
async function findLayer(text: string): Promise<Layer> {
  const found = await stat(text).catch(() => undefined);
  if (found?.isFile() === true && text.endsWith(".wasm")) return findProgram(text);
  if (found !== undefined) return { type: "file", text };
  const name = parseImageName(text);
  if (name.type !== "unreadable") {
    return { type: "name", text: name.path, gateway: readGateway(text) };
  }
  const state = "give a folder, a CAR file, a program, /ipfs/<cid> or /ipns/<key>";
  throw new Exception("failed", `No image at "${text}", and it is not a CID: ${state}`);
}

/** A program belongs to an image if it is in the same `bin` as a `main.wasm`. */
async function findProgram(path: string): Promise<Layer> {
  const file = resolve(path);
  const image = dirname(dirname(file));
  const main = await stat(join(image, ENTRYPOINT)).catch(() => undefined);
  const name = basename(file);
  return basename(dirname(file)) === "bin" && main?.isFile() === true
    ? { type: "file", text: image, program: `/bin/${name}` }
    : { type: "file", text: path, alone: name };
}

/** The gateway of an address that names an image: by its path, by a subdomain, or by one of our own links. */
export function readGateway(text: string): string | undefined {
  const trimmed = text.trim();
  if (!/^https?:/i.test(trimmed) || !URL.canParse(trimmed)) return undefined;
  const { protocol, host, pathname, hash } = new URL(trimmed);
  const origin = (name: string): string => `${protocol}//${name}`;
  if (/^#\/ip[fn]s\//.test(hash)) return new URL(".", origin(host) + pathname).href;
  const at = pathname.search(/\/ip[fn]s\//);
  if (at >= 0) return origin(host) + pathname.slice(0, at + 1);
  const [, kind, ...rest] = host.split(".");
  return kind === "ipfs" || kind === "ipns" ? `${origin(rest.join("."))}/` : undefined;
}

/** The error for a name that must be fetched when no gateway is given. */
export function needsGateway(name: string): Exception {
  return new Exception("failed", `Cannot fetch "${name}": name a gateway with --gateway <url>`);
}
