/** Rules on one parameter or result: the values that it may have. */
import { encodeText } from "#base";

/** All rules that are given must hold. */
export interface FieldRule {
  /** For a text that is a path: it must be this path or one below it, without `..` or empty parts. */
  readonly prefix?: string;
  /** Like `prefix`, for any one of several paths. */
  readonly prefixes?: readonly string[];
  /**
   * For a text that is a URL of HTTP or WebSocket: its host is one of these, with the port unless it is the scheme's
   * default.
   */
  readonly hosts?: readonly string[];
  readonly oneOf?: readonly (string | number | bigint | boolean)[];
  /** For a number. */
  readonly atMost?: number | bigint;
  /** For text, counted as UTF-8, or data. */
  readonly limitBytes?: number;
}

/** The rule that a value breaks, in words that do not reveal the value; `undefined` for none. */
export type FieldTest = (value: unknown) => string | undefined;

/**
 * @param sample the field's default, which determines its type
 * @throws {TypeError} when a rule is unknown, or does not apply to such a field.
 */
export function compileFieldRule(name: string, rule: FieldRule, sample: unknown): FieldTest {
  const entries = Object.entries(rule).filter(([, wanted]) => wanted !== undefined);
  if (entries.length === 0) throw new TypeError(`There is no rule for "${name}"`);
  const tests = entries.map(([kind, wanted]): FieldTest => {
    const found = Object.hasOwn(KINDS, kind) ? KINDS[kind as keyof FieldRule] : undefined;
    if (found === undefined) throw new TypeError(`There is no rule "${kind}" for "${name}"`);
    if (!found.fits(sample)) {
      throw new TypeError(`The rule "${kind}" does not fit the type of "${name}"`);
    }
    const holds = found.compile(wanted as never);
    return (value) => (holds(value as never) ? undefined : `"${name}" breaks the rule "${kind}"`);
  });
  return (value) => {
    for (const test of tests) {
      const broken = test(value);
      if (broken !== undefined) return broken;
    }
    return undefined;
  };
}

interface Kind<Wanted, Value> {
  fits(sample: unknown): boolean;
  compile(wanted: Wanted): (value: Value) => boolean;
}

const isText = (sample: unknown): boolean => typeof sample === "string";

const KINDS: {
  readonly [K in keyof FieldRule]-?: Kind<NonNullable<FieldRule[K]>, never>;
} = {
  prefix: { fits: isText, compile: compilePrefix },
  prefixes: {
    fits: isText,
    compile(prefixes) {
      const tests = prefixes.map(compilePrefix);
      return (path: string) => tests.some((test) => test(path));
    },
  },
  hosts: { fits: isText, compile: compileHosts },
  oneOf: {
    fits: (sample) => ["string", "number", "bigint", "boolean"].includes(typeof sample),
    compile: (wanted) => (value) => wanted.includes(value),
  },
  atMost: {
    fits: (sample) => typeof sample === "number" || typeof sample === "bigint",
    // NaN compares false, so it is refused.
    compile: (wanted) => (value: number | bigint) => value <= wanted,
  },
  limitBytes: {
    fits: (sample) => isText(sample) || sample instanceof Uint8Array,
    compile: (wanted) => (value: string | Uint8Array) => bytesOf(value) <= wanted,
  },
};

function bytesOf(value: string | Uint8Array): number {
  return typeof value === "string" ? encodeText(value).length : value.length;
}

function compilePrefix(prefix: string): (path: string) => boolean {
  const start = prefix.endsWith("/") ? prefix : `${prefix}/`;
  if (prefix === "" || !isPlain(start.replace(/^\//, ""))) {
    throw new TypeError(`"${prefix}" is not a path of plain names`);
  }
  return (path) => path === prefix || (path.startsWith(start) && isPlain(path.slice(start.length)));
}

/**
 * Whether each part of a path is a plain name: not `.`, `..` or empty, and without `\` and NUL, which some systems read
 * otherwise. A trailing slash is allowed.
 */
function isPlain(path: string): boolean {
  return !/(?:^|\/)\.{0,2}\/|(?:^|\/)\.{1,2}$|[\\\0]/.test(path);
}

const SCHEMES: readonly string[] = ["http:", "https:", "ws:", "wss:"];

function compileHosts(hosts: readonly string[]): (url: string) => boolean {
  const allowed = new Set(hosts.map(toHost));
  return (url) => {
    // Parsers disagree about these characters.
    if (/[\s\\\p{Cc}]/u.test(url) || !URL.canParse(url)) return false;
    const { protocol, host } = new URL(url);
    return SCHEMES.includes(protocol) && allowed.has(host);
  };
}

/** @throws {TypeError} when the text is not a host. */
function toHost(text: string): string {
  const url = `https://${text}/`;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || parsed.href !== `https://${parsed.host}/`) {
    throw new TypeError(`"${text}" is not a host`);
  }
  return parsed.host;
}
