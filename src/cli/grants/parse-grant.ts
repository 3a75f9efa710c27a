/** Parses `--grant <name>=<what>` of a command line. */
import { parseSize } from "../size.ts";
import { UsageError } from "../usage.ts";
import type { Designated, Designation, Designations, SecretPlace } from "./designation.ts";
import { parseService } from "./parse-service.ts";

const EXAMPLE =
  "write --grant data=folder:./data, api=http:api.example, key=secret:env:NAME, now=clock or talk=peer:/ip4/…/p2p/…/service";

/** @throws {UsageError} for a text that is not a grant, and for a name that is given twice. */
export function parseGrants(texts: readonly string[]): Designations {
  const designations = new Map<string, Designation>();
  for (const text of texts) {
    const [, name = "", what = ""] = /^([\w.-]{1,100})=(.+)$/s.exec(text) ?? [];
    if (name === "") throw new UsageError(`Not a grant: "${text}"; ${EXAMPLE}`);
    if (designations.has(name)) throw new UsageError(`The grant "${name}" is given twice`);
    designations.set(name, { what: parseWhat(what, text), bounds: {} });
  }
  return designations;
}

function parseWhat(what: string, text: string): Designated {
  const at = what.indexOf(":");
  const kind = at < 0 ? what : what.slice(0, at);
  const value = at < 0 ? "" : what.slice(at + 1);
  switch (kind) {
    case "folder": {
      const writes = value.endsWith(",writes");
      const path = writes ? value.slice(0, -",writes".length) : value;
      if (path === "") break;
      return { kind, path, writes };
    }
    case "http":
      if (value === "") break;
      return { kind, hosts: value.split(","), methods: [], paths: [], headers: new Map() };
    case "secret": {
      const place = parsePlace(value);
      if (place === undefined) break;
      return { kind, place };
    }
    case "peer": {
      const service = parseService(value);
      if (service === undefined) break;
      return service;
    }
    case "clock":
    case "randomness":
      if (value !== "") break;
      return { kind };
    case "memory":
    case "time": {
      const most = parseMost(kind, value);
      if (most === undefined || (at >= 0 && value === "")) break;
      return { kind, most };
    }
    default:
  }
  throw new UsageError(`Not a grant: "${text}"; ${EXAMPLE}`);
}

function parseMost(kind: "memory" | "time", text: string): number | undefined {
  if (text === "") return Infinity;
  if (kind === "memory") return parseSize(text);
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function parsePlace(text: string): SecretPlace | undefined {
  const [, type, value = ""] = /^(env|file):(.+)$/s.exec(text) ?? [];
  if (type === "env") return { type, name: value };
  return type === "file" ? { type, path: value } : undefined;
}
