/**
 * What a host gives, and how a component's names lead to it: by own and listed names only, since a component may ask for
 * `to-string` or `[method]file.constructor`.
 */
import { parseAnnotation, toCamelCase, toPascalCase } from "./names.ts";

/**
 * Functions and resource classes by interface, whose names are without versions; those outside of interfaces under "".
 *
 * Functions are in camel case. Classes are in Pascal case; methods and static functions are theirs, `constructor` is
 * `new`, and `[Symbol.dispose]` is told when a resource is dropped. A function whose type has a `result` returns what is
 * `ok` and throws what is `err`, as it is; an `Error` that it throws ends the component. A class may list methods as
 * `takesLent`: they get bytes as they lie in the component's memory, and keep none of them.
 */
export type HostImports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A method takes the resource as its first argument. */
export interface HostCallable {
  (...args: unknown[]): unknown;
  /** Whether it takes bytes as they lie in the component's memory, and does not keep them. */
  readonly takesLent?: boolean;
}

/** Where a class lists the methods, in camel case, that have forgotten what was lent when they return, or resolve. */
const LENT = "takesLent";

/** The function of that name; `undefined` when there is none. */
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

/** What is to be done when a resource of that name is dropped. */
export function findHostDrop(host: unknown, name: string): (resource: unknown) => void {
  const made = pickClass(host, name);
  const drop: unknown = made && Reflect.get(made.prototype, Symbol.dispose);
  return (resource) => {
    if (typeof drop === "function") drop.call(resource);
  };
}

/**
 * A part of what a host gives: an interface, by its name without a version, for the functions above, or a part of that. What is
 * inherited is no part of the offer, nor is what every class has.
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
