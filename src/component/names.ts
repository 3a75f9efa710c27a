/** Names of imports and exports, and their spelling in JavaScript. @see Explainer.md "Import and Export Definitions" */

const ANNOTATED = /^\[(constructor|method|static)\]([^.]*)\.?(.*)$/s;

/** The parts of an annotated name such as `[method]file.read`. */
export interface Annotation {
  readonly kind: "constructor" | "method" | "static";
  readonly resource: string;
  /** Empty for a constructor. */
  readonly member: string;
}

/** The parts of an annotated name of a function; `undefined` for a plain name. */
export function parseAnnotation(name: string): Annotation | undefined {
  const [, kind, resource = "", member = ""] = ANNOTATED.exec(name) ?? [];
  return kind === undefined ? kind : { kind: kind as Annotation["kind"], resource, member };
}

/** The name without its version. */
export function withoutVersion(name: string): string {
  return name.replace(/@.*/s, "");
}

/** The JavaScript spelling of a label: `set-times-at` becomes `setTimesAt`. */
export function toCamelCase(label: string): string {
  const words = label.toLowerCase().split("-");
  return words.reduce((name, word) => name + capitalize(word));
}

/** The JavaScript spelling of a class: `input-stream` becomes `InputStream`. */
export function toPascalCase(label: string): string {
  return capitalize(toCamelCase(label));
}

function capitalize(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
