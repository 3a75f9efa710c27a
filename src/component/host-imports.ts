/**
 * The imports that a host provides, and how a component's names find them. Only own and listed names are found, since a
 * component may ask for `to-string` or `[method]file.constructor`.
 */
import { parseAnnotation, toCamelCase, toPascalCase } from "./names.ts";

/**
 * Functions and resource classes by interface name, without version; those outside of interfaces are under "".
 *
 * Functions have camel-case names. Classes have Pascal-case names: their methods and static functions are the resource's
 * own, `new` is its constructor, and `[Symbol.dispose]` is called when a resource is dropped. A function whose type has
 * a `result` returns the bare `ok` value and throws the bare `err` value; an `Error` that it throws ends the component.
 * A class may list methods in `takesLent`: they get views of the component's memory as bytes, and must not keep them.
 */
export type HostImports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A method gets the resource as its first argument. */
export interface HostCallable {
  (...args: unknown[]): unknown;
  /** Whether it may get views of the component's memory as bytes, which it does not keep. */
  readonly takesLent?: boolean;
}

/**
 * The static property in which a class lists, in camel case, the methods that no longer use lent bytes once they have
 * returned or resolved.
 */
const LENT = "takesLent";

/** The function with this name; `undefined` when there is none. */
export function findHostFunc(host: unknown, name: string): HostCallable | undefined {
  const annotation = parseAnnotation(name);
  if (annotation === undefined) return pickFunc(host, toCamelCase(name));
  const made = pickClass(host, annotation.resource);
  const member = toCamelCase(annotation.member);
  switch (made && annotation.kind) {
    case "constructor":
      return (...args) => new made!(...args);
    case "static":
      return pickFunc(made, member)?.bind(made);
    case "method": {
      const method = pickFunc(made?.prototype, member);
      if (method === undefined) return undefined;
      const lent: unknown = pick(made, LENT);
      const call: HostCallable = (resource, ...args) => method.apply(resource, args);
      return Object.assign(call, { takesLent: Array.isArray(lent) && lent.includes(member) });
    }
    case undefined:
      return undefined;
  }
}

/** The function to call when a resource of this name is dropped. */
export function findHostDrop(host: unknown, name: string): (resource: unknown) => void {
  const made = pickClass(host, name);
  const drop: unknown = made && Reflect.get(made.prototype, Symbol.dispose);
  return (resource) => {
    if (typeof drop === "function") drop.call(resource);
  };
}

/**
 * Looks up a part of the imports: an interface, by its name without version, or a member of an interface or class.
 * Inherited properties are not part of the offer, nor are those that every class has.
 */
export function pick(from: unknown, key: string): unknown {
  if (from === undefined || key === "constructor" || key === "prototype") return undefined;
  return Object.hasOwn(from as object, key) ? (from as Fields)[key] : undefined;
}

function pickFunc(from: unknown, key: string): HostCallable | undefined {
  const value = pick(from, key);
  return typeof value === "function" ? (value as HostCallable) : undefined;
}

function pickClass(from: unknown, name: string): Class | undefined {
  const made = pickFunc(from, toPascalCase(name)) as unknown as Class | undefined;
  return typeof made?.prototype === "object" ? made : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

interface Class {
  new (...args: unknown[]): unknown;
  readonly prototype: object;
}
