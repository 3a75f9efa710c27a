/**
 * Checks names and labels against the grammar of the component model. @see Explainer.md "Import and Export Definitions"
 */
import { refuse } from "./cursor.ts";
import type { TypeDefinition } from "./definitions.ts";

/**
 * Words of lower or of upper case, separated by hyphens; the first begins with a letter.
 *
 * The alternatives for a word exclude each other: if a word of digits matched two of them, the engine would try a
 * thousand million ways for a text of thirty such words.
 */
const LABEL = /(?:[a-z][a-z0-9]*|[A-Z][A-Z0-9]*)(?:-(?:\d+|\d*[a-z][a-z0-9]*|\d*[A-Z][A-Z0-9]*))*/;
/** Lower-case words separated by hyphens. */
const WORDS = /[a-z][a-z0-9]*(?:-[a-z0-9]+)*/;
const NUMBER = /(?:0|[1-9]\d*)/;
/** A full version, or only the part that decides compatibility: `1`, `0.2`, `0.0.3`. */
const VERSION = new RegExp(
  `${NUMBER.source}\\.${NUMBER.source}\\.${NUMBER.source}(?:-[0-9A-Za-z.-]+)?(?:\\+[0-9A-Za-z.-]+)?` +
    "|[1-9]\\d*|0\\.[1-9]\\d*|0\\.0\\.\\d+",
);
/** `namespace:package/interface`, with or without a version. */
const INTERFACE = `${WORDS.source}:${WORDS.source}/${LABEL.source}(?:@(?:${VERSION.source}))?`;
const WHOLE_LABEL = whole(LABEL.source);

function whole(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`);
}

const ANNOTATED = /^\[(constructor|method|static)\](.*)$/s;
/** Any valid name of an import or export; `checkExternName` finds out what is wrong with others. */
const NAME = whole(
  `(?:\\[constructor\\]|(?:\\[(?:method|static)\\]${LABEL.source}\\.)?)${LABEL.source}|${INTERFACE}`,
);
const FLAGS_LIMIT = 32;

/** Refuses a text that is not a valid name of an import or export. */
export function checkExternName(name: string): void {
  if (NAME.test(name)) return;
  if (name.startsWith("[")) {
    const [, kind, rest = ""] = ANNOTATED.exec(name) ?? [];
    const labels = rest.split(".");
    if (labels.length !== (kind === "constructor" ? 1 : 2)) refuse(`"${name}" is not a valid name`);
    labels.forEach(checkLabel);
  } else if (!name.includes(":")) {
    checkLabel(name);
  } else {
    refuse(`"${name}" is not in kebab case, or has no valid version`);
  }
}

function checkLabel(label: string): void {
  if (!WHOLE_LABEL.test(label)) refuse(`"${label}" is not in kebab case`);
}

/**
 * The key in which two names of one scope must differ: case does not count, nor do annotations other than that of a
 * constructor.
 */
export function uniqueKey(name: string): string {
  const isPlain = name[0] !== "[" || name.startsWith("[constructor]");
  return (isPlain ? name : name.slice(name.indexOf("]") + 1)).toLowerCase();
}

function requireDistinct(labels: readonly string[]): void {
  const keys = new Set<string>();
  for (const label of labels) {
    if (keys.size === keys.add(uniqueKey(label)).size) {
      refuse(`it has a type that uses the label "${label}" twice`);
    }
  }
}

/** Kinds of types that must have at least one part. */
const PARTED: ReadonlySet<TypeDefinition["kind"]> = new Set<TypeDefinition["kind"]>([
  "record",
  "variant",
  "tuple",
  "flags",
  "enum",
] as const);

/** Refuses a type with invalid or duplicate labels, or with too few or too many parts. */
export function checkLabels(type: TypeDefinition): void {
  if (type.kind === "instance" || type.kind === "component" || type.kind === "resource") return;
  const { kind, labels, of } = type;
  labels.forEach(checkLabel);
  if (labels.length > 1) requireDistinct(labels);
  if (PARTED.has(kind) && labels.length + of.length === 0) {
    refuse("it has a type without parts, such as an empty record");
  }
  if (kind === "flags" && labels.length > FLAGS_LIMIT) {
    refuse(`it has a type with more than ${FLAGS_LIMIT} flags`);
  }
}
