/** Core modules of compilers that know preview 1 become components. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { componentEmbed, componentNew, preview1AdapterCommandPath } from "@bytecodealliance/jco";

/** A command whose imports are those of preview 1 alone. */
export async function wrapCore(core: Uint8Array): Promise<Uint8Array> {
  const adapter = await readFile(preview1AdapterCommandPath());
  return await componentNew(core, [["wasi_snapshot_preview1", adapter]]);
}

/**
 * A command that also imports `wetware:streams` and `wasi:io`, by names that it has written out itself.
 *
 * What the module imports by its own means is said to the tools; the rest is the adapter's.
 */
export async function wrapConnectedCore(core: Uint8Array): Promise<Uint8Array> {
  const io = new URL(
    "../lib/wit/builtin/0.2.12/wasi-io/package.wit",
    import.meta.resolve("@bytecodealliance/jco"),
  );
  const packages = await Promise.all(
    [io, new URL("../../wit/streams.wit", import.meta.url)].map(async (url) =>
      nest(await readFile(fileURLToPath(url), "utf8")),
    ),
  );
  const witSource = [
    "package wetware:guest@0.1.0;",
    ...packages,
    "world guest {",
    "  import wasi:io/streams@0.2.12;",
    "  import wetware:streams/streams@0.1.0;",
    "}",
  ].join("\n");
  return await wrapCore(await componentEmbed({ binary: core, witSource, world: "guest" }));
}

/** A file's package in braces, so that many fit into one text. */
function nest(text: string): string {
  return `${text.replace(/^package ([^;]+);$/m, "package $1 {")}\n}`;
}
