/**
 * Generates the modules of the `.proto` files for `npm run gen`: protobufjs parses the files, and the plugin of the protobuf
 * library that the agent uses writes the TypeScript. No other compiler is needed.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  CodeGeneratorRequestSchema,
  CodeGeneratorResponseSchema,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  file_google_protobuf_timestamp,
} from "@bufbuild/protobuf/wkt";
import type { DescriptorProto, FileDescriptorProto } from "@bufbuild/protobuf/wkt";
import protobuf from "protobufjs";
import descriptor from "protobufjs/ext/descriptor.js";

const PROTO_FILES: readonly string[] = ["filesystem/filesystem.proto", "process/process.proto"];
const SOURCES = "proto";
const GENERATED = "src/agent/generated";
const PLUGIN = "node_modules/.bin/protoc-gen-es";
const TIMESTAMP = "google/protobuf/timestamp.proto";

/** The texts that the modules should have, formatted, by path relative to the repository, which is the working folder. */
export function makeProtoModules(): Map<string, string> {
  const timestamp = file_google_protobuf_timestamp.proto;
  const request = create(CodeGeneratorRequestSchema, {
    fileToGenerate: [...PROTO_FILES],
    parameter: "target=ts,import_extension=ts",
    protoFile: [timestamp, ...PROTO_FILES.map((name) => describeProto(name, timestamp))],
  });
  const answer = execFileSync(PLUGIN, { input: toBinary(CodeGeneratorRequestSchema, request) });
  const { error, file } = fromBinary(CodeGeneratorResponseSchema, answer);
  if (error !== "") throw new Error(error);
  return format(
    new Map(file.map(({ name, content }) => [name.replace("_pb.ts", ".ts"), eraseEnums(content)])),
  );
}

/** The modules on disk, by path. */
export function readProtoModules(): Map<string, string> {
  const paths = PROTO_FILES.map((name) => join(GENERATED, name.replace(/\.proto$/, ".ts")));
  return new Map(paths.map((path) => [path, readFileSync(path, "utf8")]));
}

export function writeProtoModules(modules: ReadonlyMap<string, string>): void {
  rmSync(GENERATED, { recursive: true, force: true });
  for (const [path, text] of modules) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

/** The descriptor that `protoc` would produce for a file. */
function describeProto(name: string, timestamp: FileDescriptorProto): FileDescriptorProto {
  const root = new protobuf.Root();
  root.resolvePath = (_, target) =>
    target === TIMESTAMP ? join("node_modules/protobufjs", target) : join(SOURCES, target);
  root.loadSync(name, { keepCase: true }).resolveAll();
  const bytes = descriptor.FileDescriptorSet.encode(root.toDescriptor("proto3")).finish();
  const packageName = dirname(name);
  const found = fromBinary(FileDescriptorSetSchema, bytes).file.find(
    (file) => file.package === packageName,
  );
  if (found === undefined) throw new Error(`${name} has another package than its folder`);
  // Encoded and decoded again, which drops fields that the parser has set to their defaults.
  const file = fromBinary(
    FileDescriptorProtoSchema,
    toBinary(FileDescriptorProtoSchema, {
      ...found,
      name,
      dependency: readFileSync(join(SOURCES, name), "utf8").includes(TIMESTAMP) ? [TIMESTAMP] : [],
    }),
  );
  qualify(file, [...namesOf(timestamp.messageType, `.${timestamp.package}`)]);
  return file;
}

/** Replaces relative type names by full ones, and gives every field its JSON name, as compilers do. */
function qualify(file: FileDescriptorProto, foreign: readonly string[]): void {
  const top = `.${file.package}`;
  for (const message of file.messageType) renameMapEntries(message);
  const known = new Set([...foreign, ...namesOf(file.messageType, top)]);
  for (const { name } of file.enumType) known.add(`${top}.${name}`);
  const find = (name: string, scope: string): string => {
    for (let at = scope; ; at = at.slice(0, at.lastIndexOf("."))) {
      const whole = name.startsWith(".") ? name : `${at}.${name}`;
      if (known.has(whole)) return whole;
      if (at === "") throw new Error(`${file.name} has no type ${name}`);
    }
  };
  const visit = (message: DescriptorProto, scope: string): void => {
    const inside = `${scope}.${message.name}`;
    for (const field of message.field) {
      delete (field as { options?: unknown }).options;
      field.jsonName = toCamelCase(field.name);
      if (field.typeName !== "") field.typeName = find(field.typeName, inside);
    }
    for (const nested of message.nestedType) visit(nested, inside);
  };
  for (const message of file.messageType) visit(message, top);
  for (const method of file.service.flatMap((service) => service.method)) {
    method.inputType = find(method.inputType, top);
    method.outputType = find(method.outputType, top);
  }
}

/** Renames a map's entry type from the parser's `Envs` to `EnvsEntry`, as compilers name it. */
function renameMapEntries(message: DescriptorProto): void {
  for (const entry of message.nestedType) {
    if (entry.options?.mapEntry !== true) continue;
    for (const field of message.field) {
      if (field.typeName.split(".").at(-1) === entry.name) field.typeName += "Entry";
    }
    entry.name += "Entry";
  }
}

function toCamelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function* namesOf(messages: readonly DescriptorProto[], scope: string): Generator<string> {
  for (const message of messages) {
    const whole = `${scope}.${message.name}`;
    yield whole;
    yield* namesOf(message.nestedType, whole);
  }
}

/** Replaces enums by constants, since Node runs only TypeScript syntax that can be erased. */
function eraseEnums(text: string): string {
  return text.replaceAll(/export enum (\w+) \{(.*?)\n\}/gs, (_, name: string, body: string) => {
    const members = body.replaceAll(/^( +\w+) = (\d+),$/gm, "$1: $2,");
    return `export const ${name} = {${members}\n} as const;\nexport type ${name} = (typeof ${name})[keyof typeof ${name}];`;
  });
}

function format(modules: ReadonlyMap<string, string>): Map<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "ww-gen-"));
  try {
    for (const [name, text] of modules) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    // Twice: one pass leaves line breaks that a second one removes.
    for (let pass = 0; pass < 2; pass++) {
      execFileSync("node_modules/.bin/oxfmt", ["-c", ".oxfmtrc.json", folder]);
    }
    return new Map(
      [...modules.keys()].map((name) => [
        join(GENERATED, name),
        readFileSync(join(folder, name), "utf8"),
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
