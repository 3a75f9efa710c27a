/** Makes modules that can be type-checked of the examples in the doors' descriptions. */
import { globSync, readFileSync } from "node:fs";

export interface DoorExample {
  /** `#capnp/wire`, or a path for a door outside of `src`. */
  readonly door: string;
  readonly code: string;
}

/** The example in the description of each door, in the order of their paths. */
export function readDoorExamples(): DoorExample[] {
  const paths = globSync(["src/**/index.ts", "guests/sdk/index.ts"]).toSorted();
  return paths.flatMap((path) => {
    const comment = /^\/\*\*[^]*?\*\//.exec(readFileSync(path, "utf8"))?.[0] ?? "";
    if (!comment.includes("@module")) return [];
    const lines = comment.split("\n").filter((line) => line.startsWith(" *     "));
    return [{ door: toDoor(path), code: lines.map((line) => line.slice(7)).join("\n") }];
  });
}

/**
 * A module with the example's code, which imports the doors' exports and contains the given declarations.
 *
 * @param given declarations of the names that the example expects a program to have
 */
export function toModule({ door, code }: DoorExample, given: string): string {
  const own = namesOf(code);
  const imports = [...findImports(door, `${code}\n${given}`)].filter(
    ([name]) => !own.has(name) && !new RegExp(`\\bconst ${name}\\b`).test(given),
  );
  const lines = imports.map(
    ([name, { from, isType }]) => `import ${isType ? "type " : ""}{ ${name} } from "${from}";`,
  );
  const body = code.startsWith("export ")
    ? code
    : `export async function example(): Promise<unknown> {\n${code}\nreturn;\n}`;
  return [...lines, given, body, ""].join("\n");
}

interface Import {
  readonly from: string;
  readonly isType: boolean;
}

/** The doors' exports that the code uses, each from the door itself if that exports it. */
function findImports(door: string, code: string): Map<string, Import> {
  const found = new Map<string, Import>();
  const doors = globSync(["src/*/index.ts", "src/capnp/wire/index.ts", toPath(door)]).toSorted();
  for (const path of [toPath(door), ...doors]) {
    const text = readFileSync(path, "utf8");
    for (const [, type, names = ""] of text.matchAll(/^export (type )?\{([^}]*)\} from/gm)) {
      for (const name of names.split(",").map((part) => part.trim().replace(/.* as /, ""))) {
        if (name === "" || found.has(name) || !hasWord(code, name)) continue;
        found.set(name, { from: toDoor(path), isType: type !== undefined });
      }
    }
  }
  return found;
}

/** Whether the code has the name on its own, not as a property or a field of a record. */
function hasWord(code: string, name: string): boolean {
  return new RegExp(`(?<![.\\w"/#-])${name}\\b(?!["-])(?!:)`).test(code);
}

/** The names that the code declares. */
function namesOf(code: string): Set<string> {
  const names = new Set<string>();
  for (const [, target = ""] of code.matchAll(
    /\b(?:const|let|using)\s+(\{[^}]*\}|\[[^\]]*\]|\w+)/g,
  )) {
    for (const [name] of target.matchAll(/\w+/g)) names.add(name);
  }
  return names;
}

function toDoor(path: string): string {
  const room = /^src\/(.*)\/index\.ts$/.exec(path)?.[1];
  return room === undefined ? `../../${path}` : `#${room}`;
}

function toPath(door: string): string {
  return door.startsWith("#") ? `src/${door.slice(1)}/index.ts` : door.replace("../../", "");
}
