/** Whether a host has what a component imports, of the types that it says. */
import { describeType } from "./describe-type.ts";
import { TypeMatcher } from "./match-type.ts";
import { withoutVersion } from "./names.ts";
import type { Member, Survey } from "./survey.ts";
import type { ResourceType } from "./types.ts";

/** What a host gives: functions and resources by interface, whose names are without versions. */
export type Offer = ReadonlyMap<string, ReadonlyMap<string, Member>>;

/** What a component imports, taken as what a host gives: contracts are written as components that import them. */
export function toOffer({ imports }: Survey): Offer {
  return new Map([...imports].map(([name, members]) => [withoutVersion(name), members]));
}

/** An import that a host cannot satisfy. */
export interface Mismatch {
  readonly interfaceName: string;
  readonly name: string;
  /** The type that the component declares, in the syntax of WIT. */
  readonly wanted: string;
  /** The type that the host has; `undefined` when it has nothing of the name. */
  readonly given: string | undefined;
}

/** The first import that the host does not have, or has of another type; `undefined` when there is none. */
export function findMismatch({ imports }: Survey, offer: Offer): Mismatch | undefined {
  const matcher = new TypeMatcher(nameOf);
  for (const [interfaceName, members] of imports) {
    const offered = offer.get(withoutVersion(interfaceName));
    for (const [name, type] of members) {
      const given = offered?.get(name);
      if (given !== undefined && isSame(matcher, type, given)) continue;
      return {
        interfaceName,
        name,
        wanted: describeType(type),
        given: given && describeType(given),
      };
    }
  }
  return undefined;
}

function isSame(matcher: TypeMatcher, a: Member, b: Member): boolean {
  return a.kind === "func" && b.kind === "func" ? matcher.isSameFunc(a, b) : a.kind === b.kind;
}

/** Both are the host's, and named by interface and name. */
function nameOf({ name }: ResourceType): string {
  return name;
}
