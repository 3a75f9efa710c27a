/** Names of imports and exports, and as JavaScript spells them. @see Explainer.md "Import and Export Definitions" */

const ANNOTATED = /^\[(constructor|method|static)\]([^.]*)\.?(.*)$/s;

/** What `[method]file.read` and its like stand for. */
export interface Annotation {
  readonly kind: "constructor" | "method" | "static";
  readonly resource: string;
  /** Nothing for a constructor. */
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

/** As JavaScript spells a label: `set-times-at` is `setTimesAt`. */
export function toCamelCase(label: string): string {
  const words = label.toLowerCase().split("-");
  return words.reduce((name, word) => name + capitalize(word));
}

/** As JavaScript spells a class: `input-stream` is `InputStream`. */
export function toPascalCase(label: string): string {
  return capitalize(toCamelCase(label));
}

function capitalize(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
