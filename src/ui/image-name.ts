/** Names of images, for the page and its panels. */
import type { Sample } from "./powers.ts";

const ENDS = 6;
/** Whoever made a link has chosen its text, which must not fill the page's own lines. */
const NAME_LENGTH = 60;

/** The name of an image by the path of its link, without arguments: that of a sample, else a short form of its CID or name. */
export function nameImage(link: string, samples: readonly Sample[]): string {
  const { path, params } = parse(link);
  const layers = [path, ...params.getAll("layer")].map((layer) => nameLayer(layer, samples));
  const name = layers.join(" + ");
  return name.length <= NAME_LENGTH ? name : `${name.slice(0, NAME_LENGTH)}…`;
}

/** The arguments of a link, behind a space each. */
export function nameArguments(link: string): string {
  return parse(link)
    .params.getAll("arg")
    .map((arg) => ` ${arg}`)
    .join("");
}

function parse(link: string): { readonly path: string; readonly params: URLSearchParams } {
  const [path = "", query = ""] = link.split(/\?(.*)/s);
  return { path, params: new URLSearchParams(query) };
}

function nameLayer(path: string, samples: readonly Sample[]): string {
  const sample = samples.find((each) => each.path === path);
  if (sample !== undefined) return sample.name;
  const [name = "", ...program] = path.replace(/^\/ip[fn]s\//, "").split("/");
  const short = name.length <= 2 * ENDS + 1 ? name : `${name.slice(0, ENDS)}…${name.slice(-ENDS)}`;
  return [short, ...program].join("/");
}
