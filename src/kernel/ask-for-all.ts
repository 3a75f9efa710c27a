/** Asks the owner for all that an image wants before it starts. */
import { Exception } from "#base";
import { petition, releaseAll } from "#caps";
import type { Asker, NamedClient, PowerboxPowers } from "#caps";
import type { Ask } from "#schema";

/** Disposing releases the capabilities. */
export interface GrantedWishes extends Disposable {
  /** What the owner has granted; an image starts without the rest. */
  readonly grants: readonly NamedClient[];
}

/** @throws {Exception} when the owner could not be asked, or has given what makes no sense. */
export async function askForAll(
  powers: PowerboxPowers,
  asker: Asker,
  wishes: ReadonlyMap<string, Ask>,
  signal: AbortSignal,
): Promise<GrantedWishes> {
  // All at once, so that the owner sees them together.
  const asked = await Promise.allSettled(
    [...wishes].map(async ([name, ask]) => {
      const { client, keeper } = await petition(powers, asker, { name, ask, signal });
      keeper?.[Symbol.dispose]();
      return client && { name, client };
    }),
  );
  const grants = asked.flatMap((each) =>
    each.status === "fulfilled" && each.value !== undefined ? [each.value] : [],
  );
  const wrong = asked.find(
    (each) =>
      each.status === "rejected" &&
      !(each.reason instanceof Exception && each.reason.refusal === "denied"),
  );
  if (wrong?.status === "rejected") {
    releaseAll(grants);
    throw wrong.reason;
  }
  return { grants, [Symbol.dispose]: () => releaseAll(grants) };
}
