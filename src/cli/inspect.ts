/** `ww inspect`: shows a program's imports, exports and parts, and whether a cell could run it. */
import { readFile, stat } from "node:fs/promises";
import { Exception, toException, toMessage } from "#base";
import type { FileTree, Waiting } from "#base";
import { createCompiler } from "#cell";
import {
  describeModule,
  describeType,
  listModules,
  parseComponent,
  surveyComponent,
} from "#component";
import type { Component, ModuleDescription, Survey } from "#component";
import { createBlockSource, openLayer, parseImageName, requireEntrypoint } from "#image";
import { openContent } from "#net";
import { MemoryBlockstore } from "blockstore-core";
import { needsGateway, readGateway } from "./layers.ts";
import { openNames } from "./names.ts";
import { loadImage } from "./load-image.ts";
import { toPrintable } from "./printable.ts";
import { parseCommandLine, UsageError } from "./usage.ts";
import type { Command } from "./usage.ts";
import { toWasmKind } from "./wrap.ts";

const HELP = `ww inspect <program|image|cid> [--gateway <url>]…

Prints what a component imports and exports, in the syntax of WIT, the components and
core modules in it, and whether a cell could run it. A program is a file; an image is a
folder or a CAR file, whose bin/main.wasm is inspected; a CID is fetched.

  --gateway <url>  fetch CIDs from this gateway; may be given again

Ends with 0 when a cell could run it, else with 1.
`;

export const inspectCommand: Command = {
  help: HELP,
  async run(args, { stdout, signal }) {
    const { values, positionals } = parseCommandLine(args, {
      gateway: { type: "string", multiple: true },
    });
    const [name, ...rest] = positionals;
    if (name === undefined || rest.length > 0) {
      throw new UsageError("ww inspect takes one program, for example: ww inspect ./main.wasm");
    }
    const bytes = await readProgram(name, { gateways: values.gateway ?? [], signal });
    const { text, complaint } = await inspectProgram(bytes);
    stdout.write(toPrintable(text));
    stdout.write(complaint === undefined ? "A cell can run it.\n" : `${toPrintable(complaint)}\n`);
    return complaint === undefined ? 0 : 1;
  },
};

/** The bytes of the named program. @throws {Exception} `failed` with the name and what is wrong. */
async function readProgram(
  name: string,
  { gateways, signal }: { readonly gateways: readonly string[] } & Waiting,
): Promise<Uint8Array> {
  const found = await stat(name).catch(() => undefined);
  if (found?.isFile() === true) {
    const bytes = await readFile(name);
    if (toWasmKind(bytes) !== undefined) return bytes;
  }
  const blockstore = new MemoryBlockstore();
  if (found !== undefined) {
    const { cid } = await loadImage(name, blockstore, { signal });
    return readEntrypoint(await openLayer(cid, createBlockSource(blockstore), { signal }), {
      signal,
    });
  }
  const image = parseImageName(name);
  if (image.type === "unreadable") {
    const state = "give a program, a folder, a CAR file or a CID";
    throw new Exception("failed", `No program at "${name}", and it is not a CID: ${state}`);
  }
  const own = readGateway(name);
  const asked = own === undefined ? gateways : [...gateways, own];
  if (asked.length === 0) throw needsGateway(name);
  await using content = await openContent({ blockstore, gateways: asked, fetch });
  const { cid } =
    image.type === "mutable" ? await openNames(asked).resolve(image.key, { signal }) : image;
  await content.fetchLayer(cid, { signal });
  const tree = await openLayer(cid, content, { signal });
  return readEntrypoint(tree, { signal, program: image.program });
}

/** The bytes of a program in an image. @throws {Exception} `failed` when the image does not have it. */
export async function readEntrypoint(
  tree: FileTree,
  { program, signal }: Waiting & { readonly program?: string | undefined },
): Promise<Uint8Array> {
  const path = requireEntrypoint(tree, program);
  const entry = tree.entries.get(path);
  const size = entry?.type === "file" ? entry.sizeBytes : 0;
  return tree.read(path, 0, size, { signal });
}

interface Inspection {
  /** Lines, each with its line end. */
  readonly text: string;
  /** Why no cell can run the program; `undefined` if one can. */
  readonly complaint: string | undefined;
}

export async function inspectProgram(bytes: Uint8Array): Promise<Inspection> {
  if (toWasmKind(bytes) === "core") {
    const module = describeModule(bytes);
    const text = `core module, ${describeSize(module)}\n`;
    // The function that runs a command, named by preview 1 or by the tools that made it.
    const advice = module.exports.some((name) => /^(?:_start$|wasi:cli\/run@)/.test(name))
      ? "a core module; ww build makes a component of it if it is a command for WASI preview 1"
      : "a core module that exports no _start, and so no command; build it as one, or as a component";
    return { text, complaint: `No cell can run it: it is ${advice}` };
  }
  let text: string;
  try {
    const component = parseComponent(bytes);
    text = describeComponent(bytes, component, surveyComponent(component));
  } catch (reason) {
    return { text: "", complaint: toException(reason).message };
  }
  try {
    await createCompiler().compile(bytes);
    return { text, complaint: undefined };
  } catch (reason) {
    return { text, complaint: toMessage(reason) };
  }
}

function describeComponent(bytes: Uint8Array, component: Component, survey: Survey): string {
  const { typeNames } = survey;
  const lines = [`component, ${count(bytes.length, "byte")}`];
  for (const [name, members] of survey.imports) {
    lines.push(`import ${name === "" ? "of no interface" : name}`);
    for (const [member, type] of members) {
      lines.push(
        type.kind === "func"
          ? `  ${member}: ${describeType(type, typeNames)}`
          : `  resource ${member}`,
      );
    }
  }
  const described = new Map<object, string>();
  for (const [name, entity] of survey.exports) {
    // A large instance can be exported many times.
    const first = described.get(entity);
    lines.push(first === undefined ? `export ${name}` : `export ${name}, the same as ${first}`);
    if (first !== undefined) continue;
    if (entity.sort === "func") lines.push(`  ${describeType(entity.value.type, typeNames)}`);
    if (entity.sort !== "instance") continue;
    described.set(entity, name);
    for (const [member, inner] of entity.value) {
      if (inner.sort === "func")
        lines.push(`  ${member}: ${describeType(inner.value.type, typeNames)}`);
    }
  }
  for (const [type, name] of typeNames)
    lines.push(`type ${name} = ${describeType(type, typeNames)}`);
  if (survey.components > 0) {
    lines.push(`${count(survey.components, "instance")} of components within`);
  }
  for (const module of listModules(component)) {
    const times = survey.instantiations.get(module.index) ?? 0;
    const used =
      times === 1 ? "" : times === 0 ? ", never instantiated" : `, instantiated ${times} times`;
    lines.push(`core module ${module.index}: ${describeSize(describeModule(module.bytes))}${used}`);
  }
  return lines.map((line) => `${line}\n`).join("");
}

function describeSize(module: ModuleDescription): string {
  const { bytes, functions, codeBytes, dataBytes, memories, tables, features } = module;
  const parts = [
    count(bytes, "byte"),
    `${count(functions, "function")} of ${count(codeBytes, "byte")}`,
    ...(dataBytes > 0 ? [`data of ${count(dataBytes, "byte")}`] : []),
    ...memories.map(({ minimum, maximum }) => {
      const most = maximum === undefined ? "" : ` to ${maximum}`;
      return `memory of ${minimum}${most} pages`;
    }),
    ...(tables > 0 ? [count(tables, "table")] : []),
    ...(features.length > 0 ? [`uses ${features.join(", ")}`] : []),
  ];
  return parts.join(", ");
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
