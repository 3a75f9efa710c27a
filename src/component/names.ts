/** Names of imports and exports, and as JavaScript spells them. @see Explainer.md "Import and Export Definitions" */

const ANNOTATED = /^\[(constructor|method|static)\](.*)$/s;

/** What `[method]file.read` and its like stand for. */
export interface Annotation {
  readonly kind: "constructor" | "method" | "static";
  readonly resource: string;
  /** Nothing for a constructor. */
  readonly member: string;
}

/** The parts of an annotated name of a function; `undefined` for a plain name. */
export function parseAnnotation(name: string): Annotation | undefined {
  if (!name.startsWith("[")) return undefined;
  const [, kind, rest = ""] = ANNOTATED.exec(name) ?? [];
  if (kind === undefined) return undefined;
  const [resource = "", member = ""] = rest.split(".");
  return { kind: kind as Annotation["kind"], resource, member };
}

/** The name without its version. */
export function withoutVersion(name: string): string {
  const at = name.indexOf("@");
  return at === -1 ? name : name.slice(0, at);
}

/** As JavaScript spells a label: `set-times-at` is `setTimesAt`. */
export function toCamelCase(label: string): string {
  if (!label.includes("-")) return label.toLowerCase();
  let name = "";
  for (const word of label.toLowerCase().split("-")) {
    name += name === "" ? word : word.slice(0, 1).toUpperCase() + word.slice(1);
  }
  return name;
}

/** As JavaScript spells a class: `input-stream` is `InputStream`. */
export function toPascalCase(label: string): string {
  const name = toCamelCase(label);
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
