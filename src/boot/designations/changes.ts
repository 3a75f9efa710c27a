/** Makes changes of files one after the other: each change copies its file, so of two at once, one would be lost. */
import { refuse } from "./file-system.ts";

/** Makes a change after the earlier ones are done. @throws {Exception} `failed`, with the path */
export type Changes = (names: readonly string[], change: () => Promise<void>) => Promise<void>;

export function createChanges(): Changes {
  let latest: Promise<unknown> = Promise.resolve();
  return (names, change) => {
    const changing = latest.then(change).catch((error: unknown) => refuse(names, error));
    latest = changing.catch(() => undefined); // the caller has the error
    return changing;
  };
}
