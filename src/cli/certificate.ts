/** Reads the certificate of a node that peers reach by TLS. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Exception, toMessage } from "#base";
import { explainFile } from "./explain-file.ts";

export interface Certificate {
  /** PEM, with the chain. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  /** The DNS names of the certificate. */
  readonly names: readonly string[];
  /** The host by which a browser of this computer can address the node in a URL. */
  readonly localName: string;
}

/** @throws {Exception} `failed` when a file cannot be read, is not PEM, or the two are not a pair. */
export async function readCertificate(certPath: string, keyPath: string): Promise<Certificate> {
  const [cert, key] = await Promise.all([readPem(certPath), readPem(keyPath)]);
  const certificate = parse(certPath, () => new X509Certificate(cert));
  const privateKey = parse(keyPath, () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new Exception("failed", `"${keyPath}" is not the key of the certificate "${certPath}"`);
  }
  const names = [...(certificate.subjectAltName ?? "").matchAll(/DNS:([\w.-]+)/g)].flatMap(
    ([, name]) => name ?? [],
  );
  const localName =
    certificate.checkIP("127.0.0.1") ??
    certificate.checkHost("localhost") ??
    names[0] ??
    "127.0.0.1";
  return { cert, key, names, localName };
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new Exception("failed", `Cannot read "${path}": ${explainFile(cause)}`, { cause });
  }
}

function parse<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new Exception("failed", `Cannot use "${path}": ${toMessage(cause)}`, { cause });
  }
}
