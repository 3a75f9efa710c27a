/** The declarations that a package's entries need, without `#` imports. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";

/**
 * Copies the declarations of the entries, and of everything that they import, into a folder with the layout of `src`.
 *
 * @param entries paths of sources, relative to the repository: `src/rpc/package/index.ts`
 */
export async function copyTypes(
  root: string,
  entries: readonly string[],
  outDir: string,
): Promise<void> {
  const seen = new Set(entries);
  for (const source of seen) {
    const text = await readFile(join(root, toDeclaration(source)), "utf8");
    const named = new Set<string>();
    const rewritten = await rewrite(root, source, text, named);
    for (const path of named) seen.add(path);
    const to = join(outDir, source.replace(/^src\//, "").replace(/\.ts$/, ".d.ts"));
    await mkdir(dirname(to), { recursive: true });
    await writeFile(to, rewritten);
  }
}

/** The path at which `tsc -b` writes the declarations of a source. */
function toDeclaration(source: string): string {
  const inPackage = /^src\/rpc\/package\/(.*)\.ts$/.exec(source);
  if (inPackage !== null) return `.tsbuild/rpc-package/${inPackage[1]}.d.ts`;
  return source.replace(/^src\//, ".tsbuild/").replace(/\.ts$/, ".d.ts");
}

const STATEMENT =
  /((?:import|export) (?:type )?)(\{[^}]*\}|\*(?: as \w+)?) from "([#.][^"]*)";|(declare module )"(\.[^"]*)"/g;

async function rewrite(
  root: string,
  source: string,
  text: string,
  named: Set<string>,
): Promise<string> {
  const toSpecifier = (path: string): string => {
    named.add(path);
    const relative = posix.relative(posix.dirname(source), path).replace(/\.ts$/, ".js");
    return relative.startsWith(".") ? relative : `./${relative}`;
  };
  const parts: string[] = [];
  let from = 0;
  for (const match of text.matchAll(STATEMENT)) {
    const [whole, verb = "", clause = "", specifier = "", module = "", augmented] = match;
    parts.push(text.slice(from, match.index));
    from = match.index + whole.length;
    if (augmented !== undefined) {
      parts.push(`${module}"${toSpecifier(resolve(source, augmented))}"`);
    } else if (specifier.startsWith(".")) {
      parts.push(`${verb}${clause} from "${toSpecifier(resolve(source, specifier))}";`);
    } else {
      const door = `src/${specifier.slice(1)}/index.ts`;
      if (!clause.startsWith("{")) {
        parts.push(`${verb}${clause} from "${toSpecifier(door)}";`);
        continue;
      }
      const files = await readDoor(root, door);
      for (const name of namesIn(clause)) {
        const file = files.get(name.replace(/ as .*/, ""));
        if (file === undefined) throw new Error(`"${specifier}" has no "${name}"`);
        parts.push(`${verb}{ ${name} } from "${toSpecifier(file)}";\n`);
      }
    }
  }
  parts.push(text.slice(from));
  const rewritten = parts.join("");
  const left = /(?:from|import\(|module) ?"(?:#|[^"]*\.ts")[^"]*/.exec(rewritten);
  if (left !== null) throw new Error(`Types of "${source}" still have ${left[0]}`);
  return rewritten;
}

/** The files of a door's exports, by name, so that only those of the needed names are copied. */
async function readDoor(root: string, door: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  const text = await readFile(join(root, door), "utf8");
  for (const [, names = "", from = ""] of text.matchAll(
    /export (?:type )?(\{[^}]*\}) from "([^"]+)"/g,
  )) {
    for (const name of namesIn(names)) files.set(name, resolve(door, from));
  }
  return files;
}

function namesIn(braces: string): string[] {
  return braces
    .slice(1, -1)
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

function resolve(source: string, specifier: string): string {
  return posix.join(posix.dirname(source), specifier);
}
