/** An artefact: what a component became, ready to be instantiated; and its form in a store. */
import { concatBytes, decodeText, encodeText, equalBytes, sha256 } from "#base";
import type { CellMode } from "./mode.ts";
import type { Transpiled } from "./transpile.ts";

/** A value; may be posted to any number of workers. */
export interface Artefact {
  /** Hash of the component, in hex, with the transpiler's version and mode. */
  readonly key: string;
  /** How its glue makes the guest wait. */
  readonly mode: CellMode;
  /** What a worker is started from that runs it, once; holds while its maker lives. */
  readonly address: string;
  readonly modules: ReadonlyMap<string, WebAssembly.Module>;
  /** Interfaces it takes from WASI, without versions. */
  readonly imports: readonly string[];
  /** The name under which it exports `wasi:cli/run`. */
  readonly run: string;
}

const HASH_BYTES = 32;

/** The stored form: SHA-256 of the rest, length of the header, header in JSON, glue, cores. */
export async function encodeEntry({ glue, cores, imports }: Transpiled): Promise<Uint8Array> {
  const text = encodeText(glue);
  const header = encodeText(
    JSON.stringify({
      glueBytes: text.length,
      cores: cores.map(([name, bytes]) => [name, bytes.length]),
      imports,
    }),
  );
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, header.length, true);
  const rest = concatBytes([length, header, text, ...cores.map(([, bytes]) => bytes)]);
  return concatBytes([await sha256(rest), rest]);
}

/** What was stored; `undefined` when the entry was cut or altered. */
export async function decodeEntry(entry: Uint8Array): Promise<Transpiled | undefined> {
  const rest = entry.subarray(HASH_BYTES);
  if (!equalBytes(await sha256(rest), entry.subarray(0, HASH_BYTES))) return undefined;
  const headerBytes = new DataView(rest.buffer, rest.byteOffset).getUint32(0, true);
  const header = JSON.parse(decodeText(rest.subarray(4, 4 + headerBytes))) as {
    readonly glueBytes: number;
    readonly cores: ReadonlyArray<readonly [string, number]>;
    readonly imports: readonly string[];
  };
  let at = 4 + headerBytes;
  const next = (length: number): Uint8Array => rest.subarray(at, (at += length));
  return {
    glue: decodeText(next(header.glueBytes)),
    cores: header.cores.map(([name, length]) => [name, next(length)]),
    imports: header.imports,
  };
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
