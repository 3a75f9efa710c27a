/** The oracle: the results of jco's generated code for the same component and values. */
import { transpile } from "@bytecodealliance/jco/component";

/** Instantiates the component by jco's generated code, with these imports. @returns its exports */
export async function instantiateByJco(
  bytes: Uint8Array,
  imports: object,
): Promise<Record<string, (...args: unknown[]) => unknown>> {
  const { files } = await transpile(bytes, {
    name: "oracle",
    map: [],
    noTypescript: true,
    noNodejsCompat: true,
    base64Cutoff: 0,
    instantiation: { tag: "sync" },
    asyncMode: { tag: "sync" },
  });
  const content = new Map(files);
  const glue = new TextDecoder().decode(content.get("oracle.js"));
  const made = (await import(
    /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(glue)}`
  )) as {
    instantiate(getCore: (name: string) => WebAssembly.Module, imports: object): never;
  };
  return made.instantiate(
    (name) => new WebAssembly.Module(content.get(name) as Uint8Array<ArrayBuffer>),
    imports,
  );
}
