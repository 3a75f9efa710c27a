/** Parses the file of `--policy <file>`: what an image is given without asking the user. */
import { dirname, resolve } from "node:path";
import { toMessage } from "#base";
import type { InterfaceType } from "#capnp";
import { parseForm } from "#caps";
import type { JsonValue } from "#caps";
import { createHttpBinding, SecretText } from "#http";
import type { Bounds, Designated, Designation, Designations, SecretPlace } from "./designation.ts";
import { INTERFACES } from "./interfaces.ts";
import { parseService } from "./parse-service.ts";

const KINDS = [
  "folder",
  "http",
  "secret",
  "clock",
  "randomness",
  "memory",
  "time",
  "peer",
] as const;
const BOUNDS = ["only", "calls", "bytes", "expires"] as const;
const KEYS: Readonly<Record<(typeof KINDS)[number], readonly string[]>> = {
  folder: ["writes"],
  http: ["localHosts", "methods", "paths", "headers"],
  secret: [],
  clock: [],
  randomness: [],
  memory: [],
  time: [],
  peer: [],
};

/**
 * Paths in the file are relative to its folder.
 *
 * @param file the file's path
 * @throws {Exception} `failed` with file, line and key when it makes no sense.
 */
export function parsePolicyFile(text: string, file: string): Designations {
  const grants = parseForm(text, file).fields(["grants"]).get("grants");
  const designations = new Map<string, Designation>();
  for (const [name, value] of grants?.fields() ?? []) {
    designations.set(name, readDesignation(value, dirname(file)));
  }
  return designations;
}

function readDesignation(value: JsonValue, folder: string): Designation {
  // So that a misspelt kind is an unknown key as well.
  const all = value.fields([...KINDS, ...Object.values(KEYS).flat(), ...BOUNDS]);
  const kinds = KINDS.filter((name) => all.has(name));
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    return value.fail(`needs exactly one of ${KINDS.join(", ")}`);
  }
  // The interface of a peer's service is not known here.
  const bounds = kind === "peer" ? (["calls", "expires"] as const) : BOUNDS;
  const fields = value.fields([kind, ...KEYS[kind], ...bounds]);
  const main = fields.get(kind) ?? value.fail(`needs "${kind}"`);
  if (Object.hasOwn(INTERFACES, kind)) {
    checkMethods(fields.get("only"), INTERFACES[kind as keyof typeof INTERFACES]);
  }
  return { what: readWhat(kind, value, main, fields, folder), bounds: readBounds(fields) };
}

/** Refuses unknown methods: a misspelt one would silently give the image less than is meant. */
function checkMethods(only: JsonValue | undefined, { methods }: InterfaceType): void {
  const known = [...methods.values()].flat().map(({ name }) => name);
  for (const method of only?.list() ?? []) {
    if (!known.includes(method.text())) {
      method.fail(`is "${method.text()}", and no method; there are ${known.join(", ")}`);
    }
  }
}

type Fields = ReadonlyMap<string, JsonValue>;

function readWhat(
  kind: (typeof KINDS)[number],
  value: JsonValue,
  main: JsonValue,
  fields: Fields,
  folder: string,
): Designated {
  switch (kind) {
    case "folder":
      return {
        kind,
        path: resolve(folder, main.text()),
        writes: fields.get("writes")?.boolean() ?? false,
      };
    case "http":
      return requireBinding(value, {
        kind,
        hosts: readTexts(main),
        ...(fields.has("localHosts") && { localHosts: readTexts(fields.get("localHosts")) }),
        methods: readTexts(fields.get("methods")),
        paths: readTexts(fields.get("paths")),
        headers: new Map(
          [...(fields.get("headers")?.fields() ?? [])].map(([name, place]) => [
            name,
            readPlace(place, folder),
          ]),
        ),
      });
    case "secret":
      return { kind, place: readPlace(main, folder) };
    case "peer":
      return (
        parseService(main.text()) ?? main.fail('is "/ip4/…/p2p/…/service": an address and a name')
      );
    case "clock":
    case "randomness":
      requireTrue(main);
      return { kind };
    case "memory":
    case "time":
      if (main.isNumber) return { kind, most: main.number() };
      requireTrue(main);
      return { kind, most: Infinity };
    default:
      return kind satisfies never;
  }
}

function requireTrue(value: JsonValue): void {
  if (!value.boolean()) value.fail("is true, or not there");
}

/** Refuses an empty list: its author does not mean "all", for which a missing list stands. */
function readTexts(value: JsonValue | undefined): readonly string[] {
  const texts = value?.list().map((item) => item.text()) ?? [];
  return value !== undefined && texts.length === 0 ? value.fail("is empty") : texts;
}

type Servers = Extract<Designated, { readonly kind: "http" }>;

/** Reports a binding that makes no sense before anything starts. */
function requireBinding(value: JsonValue, servers: Servers): Servers {
  const { hosts, localHosts, methods, paths, headers } = servers;
  const secret = new SecretText("not read yet");
  try {
    createHttpBinding({
      hosts,
      localHosts,
      attached: [...headers.keys()].map((name) => ({ name, value: secret })),
      ...(methods.length > 0 && { methods }),
      ...(paths.length > 0 && { paths }),
    });
  } catch (error) {
    value.fail(`makes no sense: ${toMessage(error)}`);
  }
  return servers;
}

function readPlace(value: JsonValue, folder: string): SecretPlace {
  const fields = value.fields(["env", "file"]);
  const [env, file] = [fields.get("env"), fields.get("file")];
  if (env !== undefined && file === undefined) return { type: "env", name: env.text() };
  if (file !== undefined && env === undefined) {
    return { type: "file", path: resolve(folder, file.text()) };
  }
  return value.fail('is { "env": "NAME" } or { "file": "path" }');
}

function readBounds(fields: Fields): Bounds {
  const [only, calls, bytes, expires] = BOUNDS.map((name) => fields.get(name));
  return {
    ...(only && { only: readTexts(only) }),
    ...(calls && { calls: readCount(calls) }),
    ...(bytes && { bytes: readCount(bytes) }),
    ...(expires && { expiresMs: expires.number() * 1000 }),
  };
}

function readCount(value: JsonValue): number {
  const count = value.number();
  return Number.isSafeInteger(count) ? count : value.fail("is no whole number");
}
