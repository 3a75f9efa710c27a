/** Names by the grammar of the component model. @see Explainer.md "Import and Export Definitions" */
import { damaged } from "./cursor.ts";

/** Words of lower or of upper case, parted by hyphens; the first begins with a letter. */
const LABEL = /^(?:[a-z][a-z0-9]*|[A-Z][A-Z0-9]*)(?:-(?:[a-z0-9]+|[A-Z0-9]+))*$/;
/** Of lower case alone. */
const WORDS = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const SEMVER =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;
const ANNOTATED = /^\[(constructor|method|static)\](.*)$/s;

/** The label, once it is known to be one. */
export function checkLabel(label: string): string {
  return LABEL.test(label) ? label : damaged(`"${label}" is not in kebab case`);
}

/** What `[method]file.read` and its like stand for. */
export interface Annotation {
  readonly kind: "constructor" | "method" | "static";
  readonly resource: string;
  /** Nothing for a constructor. */
  readonly member: string;
}

/** The parts of an annotated name of a function; `undefined` for a plain name. */
export function parseAnnotation(name: string): Annotation | undefined {
  const [, kind, rest = ""] = ANNOTATED.exec(name) ?? [];
  if (kind === undefined) return undefined;
  const [resource = "", member = ""] = rest.split(".");
  return { kind: kind as Annotation["kind"], resource, member };
}

/** The name of an import or export, once it is known to be one. */
export function checkExternName(name: string): string {
  const [, kind, rest = ""] = ANNOTATED.exec(name) ?? [];
  if (kind !== undefined) {
    const labels = rest.split(".");
    if (labels.length !== (kind === "constructor" ? 1 : 2)) damaged(`"${name}" is no name`);
    for (const label of labels) checkLabel(label);
  } else if (name.includes(":")) {
    checkInterfaceName(name);
  } else {
    checkLabel(name);
  }
  return name;
}

/** `namespace:package/interface`, with a version or without. */
function checkInterfaceName(name: string): void {
  const at = name.indexOf("@");
  const path = at === -1 ? name : name.slice(0, at);
  if (at !== -1 && !isVersion(name.slice(at + 1))) damaged(`"${name}" has no valid version`);
  const [packageName = "", projection = "", ...more] = path.split("/");
  const [namespace = "", words = "", ...others] = packageName.split(":");
  const isName = WORDS.test(namespace) && WORDS.test(words) && more.length + others.length === 0;
  if (!isName) damaged(`"${name}" is not in kebab case`);
  checkLabel(projection);
}

/** A full version, or the part of one that others are compatible with: `1`, `0.2`, `0.0.3`. */
function isVersion(version: string): boolean {
  return SEMVER.test(version) || /^(?:[1-9]\d*|0\.[1-9]\d*|0\.0\.\d+)$/.test(version);
}

/** The name without its version. */
export function withoutVersion(name: string): string {
  const at = name.indexOf("@");
  return at === -1 ? name : name.slice(0, at);
}

/** What two names of one scope must not have in common: case apart, and annotations but that of a constructor. */
export function uniqueKey(name: string): string {
  return name.replace(/^\[(?:method|static)\]/, "").toLowerCase();
}

/** As JavaScript spells a label: `set-times-at` is `setTimesAt`. */
export function toCamelCase(label: string): string {
  return label
    .toLowerCase()
    .replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** As JavaScript spells a class: `input-stream` is `InputStream`. */
export function toPascalCase(label: string): string {
  const name = toCamelCase(label);
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
