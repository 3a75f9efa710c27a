/** Names of images, for the page and its panels. */
import type { Sample } from "./powers.ts";

const ENDS = 6;

/** The name of an image by the path of its link: that of a sample, else a short form of its CID or name; then its arguments. */
export function nameImage(link: string, samples: readonly Sample[]): string {
  const [path = "", query = ""] = link.split(/\?(.*)/s);
  const params = new URLSearchParams(query);
  const layers = [path, ...params.getAll("layer")].map((layer) => nameLayer(layer, samples));
  return [layers.join(" + "), ...params.getAll("arg")].join(" ");
}

function nameLayer(path: string, samples: readonly Sample[]): string {
  const sample = samples.find((each) => each.path === path);
  if (sample !== undefined) return sample.name;
  const [name = "", ...program] = path.replace(/^\/ip[fn]s\//, "").split("/");
  const short = name.length <= 2 * ENDS + 1 ? name : `${name.slice(0, ENDS)}…${name.slice(-ENDS)}`;
  return [short, ...program].join("/");
}
