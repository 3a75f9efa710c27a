/** Asks the owner for everything that an image wants before it starts. */
import { Exception } from "#base";
import { petition, releaseAll } from "#caps";
import type { Asker, NamedClient, PowerboxPowers } from "#caps";
import type { Ask } from "#schema";

/** Disposing releases the capabilities. */
export interface GrantedWishes extends Disposable {
  /** The wishes that the owner granted; the image starts without the others. */
  readonly grants: readonly NamedClient[];
}

/** @throws {Exception} when the owner could not be asked, or its answer is invalid. */
export async function askForAll(
  powers: PowerboxPowers,
  asker: Asker,
  wishes: ReadonlyMap<string, Ask>,
  signal: AbortSignal,
): Promise<GrantedWishes> {
  // In parallel, so that the owner sees all petitions together.
  const results = await Promise.allSettled(
    [...wishes].map(async ([name, ask]) => {
      const { client, keeper } = await petition(powers, asker, { name, ask, signal });
      keeper?.[Symbol.dispose]();
      return client && { name, client };
    }),
  );
  const grants = results.flatMap((result) =>
    result.status === "fulfilled" && result.value !== undefined ? [result.value] : [],
  );
  const failure = results.find(
    (result) =>
      result.status === "rejected" &&
      !(result.reason instanceof Exception && result.reason.refusal === "denied"),
  );
  if (failure?.status === "rejected") {
    releaseAll(grants);
    throw failure.reason;
  }
  return { grants, [Symbol.dispose]: () => releaseAll(grants) };
}
