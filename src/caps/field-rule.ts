/** Rules on one parameter or result: what may stand in it. */
import { encodeText } from "#base";

/** All that is given must hold. */
export interface FieldRule {
  /** Of a text that is a path: this path or one below it, without `..` or empty parts. */
  readonly prefix?: string;
  /** The same for one of several paths. */
  readonly prefixes?: readonly string[];
  /** Of a text that is a URL of HTTP or WebSocket: its host is one of these, with the port unless it is the scheme's own. */
  readonly hosts?: readonly string[];
  readonly oneOf?: readonly (string | number | bigint | boolean)[];
  /** Of a number. */
  readonly atMost?: number | bigint;
  /** Of text, as UTF-8, or data. */
  readonly limitBytes?: number;
}

/** Which rule a value breaks, in words that do not reveal the value; `undefined` for none. */
export type FieldTest = (value: unknown) => string | undefined;

/**
 * @param sample the field's default, which determines its type
 * @throws {TypeError} when a rule is unknown, or is none for such a field.
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
    // What is no number is not at most anything.
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
    throw new TypeError(`"${prefix}" is no path of plain parts`);
  }
  return (path) => path === prefix || (path.startsWith(start) && isPlain(path.slice(start.length)));
}

/** Whether no part of a path leads up, leads nowhere, or is read in two ways. It may end in a slash. */
function isPlain(path: string): boolean {
  return !/(?:^|\/)\.{0,2}\/|(?:^|\/)\.{1,2}$|[\\\0]/.test(path);
}

const SCHEMES: readonly string[] = ["http:", "https:", "ws:", "wss:"];

function compileHosts(hosts: readonly string[]): (url: string) => boolean {
  const allowed = new Set(hosts.map(toHost));
  return (url) => {
    // Parsers differ in what they make of these.
    if (/[\s\\\p{Cc}]/u.test(url) || !URL.canParse(url)) return false;
    const { protocol, host } = new URL(url);
    return SCHEMES.includes(protocol) && allowed.has(host);
  };
}

/** @throws {TypeError} when it is none. */
function toHost(text: string): string {
  const url = `https://${text}/`;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || parsed.href !== `https://${parsed.host}/`) {
    throw new TypeError(`"${text}" is no host`);
  }
  return parsed.host;
}
