/** Checks that a host offers what a component imports, with the types that the component declares. */
import { describeType } from "./describe-type.ts";
import { TypeMatcher } from "./match-type.ts";
import { withoutVersion } from "./names.ts";
import type { Member, Survey } from "./survey.ts";
import type { ResourceType } from "./types.ts";

/** The functions and resources that a host offers, by interface name without version. */
export type Offer = ReadonlyMap<string, ReadonlyMap<string, Member>>;

/** The imports of a component as an offer: contracts are written as components that import them. */
export function toOffer({ imports }: Survey): Offer {
  return new Map([...imports].map(([name, members]) => [withoutVersion(name), members]));
}

/** An import that a host cannot satisfy. */
export interface Mismatch {
  readonly interfaceName: string;
  readonly name: string;
  /** The type that the component requires, in the syntax of WIT. */
  readonly wanted: string;
  /** The type that the host offers; `undefined` when it offers nothing of this name. */
  readonly given: string | undefined;
}

/** The first import that the host does not offer, or offers with another type; `undefined` when there is none. */
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

/** Identifies resources, which are all the host's, by interface and name. */
function nameOf({ name }: ResourceType): string {
  return name;
}
