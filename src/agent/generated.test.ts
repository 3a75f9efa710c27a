import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fromBinary } from "@bufbuild/protobuf";
import type { DescField, DescFile, DescMessage } from "@bufbuild/protobuf";
import { fileDesc } from "@bufbuild/protobuf/codegenv2";
import { FileDescriptorProtoSchema, file_google_protobuf_timestamp } from "@bufbuild/protobuf/wkt";
import { base64Decode } from "@bufbuild/protobuf/wire";
import { expect, test } from "vitest";
import { file_filesystem_filesystem } from "./generated/filesystem/filesystem.ts";
import { file_process_process } from "./generated/process/process.ts";

const sdk = readFileSync(createRequire(import.meta.url).resolve("e2b"), "utf8");

test.each([file_process_process, file_filesystem_filesystem])(
  "$name says what the SDK's descriptor says",
  (ours) => {
    const theirs = findDescriptor(ours.proto.name);
    const facts = describe(ours);
    expect(facts.length).toBeGreaterThan(50);
    expect(facts).toEqual(describe(theirs));
  },
);

function findDescriptor(name: string): DescFile {
  for (const [, text = ""] of sdk.matchAll(/fileDesc\)?\("([^"]+)"/g)) {
    if (fromBinary(FileDescriptorProtoSchema, base64Decode(text)).name !== name) continue;
    return fileDesc(text, [file_google_protobuf_timestamp]);
  }
  throw new Error(`The SDK has no ${name}`);
}

/** One line for each thing that has a name or a number on the wire. */
function describe(file: DescFile): string[] {
  const messages = file.messages.flatMap(withNested);
  return [
    `package ${file.proto.package} syntax ${file.proto.syntax}`,
    ...messages.map((message) => `message ${message.typeName}`),
    ...messages.flatMap((message) => message.fields.map((field) => describeField(field))),
    ...file.enums.flatMap((type) =>
      type.values.map((value) => `enum ${type.typeName} ${value.name} ${value.number}`),
    ),
    ...file.services.flatMap((service) =>
      service.methods.map(
        ({ name, methodKind, input, output }) =>
          `rpc ${service.typeName}/${name} ${methodKind} ${input.typeName} ${output.typeName}`,
      ),
    ),
  ].sort();
}

function withNested(message: DescMessage): DescMessage[] {
  return [message, ...message.nestedMessages.flatMap(withNested)];
}

function describeField(field: DescField): string {
  const { parent, name, jsonName, number, proto, oneof } = field;
  const parts = [parent.typeName, name, jsonName, number, proto.type, proto.label, proto.typeName];
  return `field ${parts.join(" ")} ${oneof?.name ?? "-"} ${proto.proto3Optional}`;
}
