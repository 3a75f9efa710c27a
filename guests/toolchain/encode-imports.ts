/** Worlds in the binary encoding of components. */
import { componentEmbed, parse, print } from "@bytecodealliance/jco-transpile/wasm-tools";
import { WIT_FOLDER } from "./world.ts";

/**
 * A component that has the imports of a world of `wit/`, all of them, and nothing else: no custom section either.
 *
 * @throws when a file of `wit/` cannot be parsed
 */
export async function encodeImports(world: string): Promise<Uint8Array> {
  const features = { tag: "all" } as const;
  const module = await componentEmbed({ dummy: true, witPath: WIT_FOLDER, world, features });
  const text = await print(readWorld(module));
  // The world is a component type within a component type. Its declarations are those of a component, as they stand:
  // outer aliases count the same levels in both.
  const [, declarations] = /\n {8}\(component\n([^]*?)\n {8}\)\n/.exec(text) ?? [];
  if (declarations === undefined) throw new Error(`Cannot find the world "${world}" in its type`);
  return await parse(`(component\n${declarations}\n)`);
}

/** The contents of a module's custom section `component-type`. */
function readWorld(module: Uint8Array): Uint8Array {
  const compiled = new WebAssembly.Module(new Uint8Array(module));
  const [section] = WebAssembly.Module.customSections(compiled, "component-type");
  if (section === undefined) throw new Error("Cannot find a component type in the module");
  return new Uint8Array(section);
}
