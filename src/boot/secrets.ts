/**
 * The visitor's secrets, such as tokens to attach to requests, encrypted at rest with a key that no script can export.
 *
 * A copy of the database contains only ciphertext. A script of this origin can still have the browser decrypt it.
 */
import { decodeText, encodeText, Exception } from "#base";
import { SecretText } from "#http";
import { openDB } from "idb";
import type { DBSchema, IDBPDatabase } from "idb";

export interface SecretStore extends Disposable {
  /** Stores the secret under the name, replacing an earlier one. */
  put(name: string, secret: SecretText): Promise<void>;
  /**
   * The secret with the name, or `undefined`.
   *
   * @throws {Exception} `failed` when it cannot be decrypted: the visitor must enter it again.
   */
  get(name: string): Promise<SecretText | undefined>;
  delete(name: string): Promise<void>;
  /** The names, sorted. */
  list(): Promise<readonly string[]>;
}

/** A stored secret. Its name is authenticated too, so that one secret cannot be passed off as another. */
interface Sealed {
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly bytes: ArrayBuffer;
}

interface Schema extends DBSchema {
  secrets: { key: string; value: Sealed };
  keys: { key: string; value: CryptoKey };
}

const VERSION = 1;
const KEY = "secrets";
const ALGORITHM = "AES-GCM";
const KEY_BITS = 256;
/** A random nonce for each secret; with one key, 2³² of them are safe. @see NIST SP 800-38D, section 8.3 */
const NONCE_BYTES = 12;
const LIMIT_NAME_CHARACTERS = 100;
const LIMIT_BYTES = 64 * 1024;

/**
 * Opens the store of this name, empty the first time.
 *
 * @throws {Exception} `failed` when the browser refuses storage.
 */
export async function openSecretStore(name: string): Promise<SecretStore> {
  const database = await openDatabase(name);
  return {
    async put(label, secret) {
      requireName(label);
      const bytes = encodeText(secret.reveal()) as Uint8Array<ArrayBuffer>;
      if (bytes.length > LIMIT_BYTES) {
        throw new RangeError(`Secret "${label}" is longer than ${LIMIT_BYTES} bytes`);
      }
      const key = (await findKey(database)) ?? (await createKey(database));
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const sealed = await crypto.subtle.encrypt(toParameters(nonce, label), key, bytes);
      await database.put("secrets", { nonce, bytes: sealed }, label);
    },
    async get(label) {
      const sealed = await database.get("secrets", label);
      if (sealed === undefined) return undefined;
      const key = await findKey(database);
      if (key === undefined) throw unreadable(label, "the browser has lost the key of this page");
      try {
        const parameters = toParameters(sealed.nonce, label);
        const bytes = await crypto.subtle.decrypt(parameters, key, sealed.bytes);
        return new SecretText(decodeText(new Uint8Array(bytes)));
      } catch {
        // The browser's error has no further details.
        throw unreadable(label, "its stored data was altered");
      }
    },
    delete: (label) => database.delete("secrets", label),
    list: async () => (await database.getAllKeys("secrets")).toSorted(),
    [Symbol.dispose]: () => database.close(),
  };
}

async function openDatabase(name: string): Promise<IDBPDatabase<Schema>> {
  try {
    return await openDB<Schema>(name, VERSION, {
      upgrade(opened) {
        opened.createObjectStore("secrets");
        opened.createObjectStore("keys");
      },
      // A later version of the page upgrades the database.
      blocking: (_current, _wanted, event) => (event.target as IDBDatabase).close(),
    });
  } catch (reason) {
    const state = "the browser refuses storage";
    throw new Exception("failed", `Cannot open the secrets: ${state}`, { cause: reason });
  }
}

async function findKey(database: IDBPDatabase<Schema>): Promise<CryptoKey | undefined> {
  return database.get("keys", KEY);
}

/** Creates and stores a key, unless another tab has stored one meanwhile. */
async function createKey(database: IDBPDatabase<Schema>): Promise<CryptoKey> {
  const algorithm = { name: ALGORITHM, length: KEY_BITS };
  const created = await crypto.subtle.generateKey(algorithm, false, ["encrypt", "decrypt"]);
  const transaction = database.transaction("keys", "readwrite");
  const found = await transaction.store.get(KEY);
  if (found === undefined) await transaction.store.put(created, KEY);
  await transaction.done;
  return found ?? created;
}

function toParameters(nonce: Uint8Array<ArrayBuffer>, label: string): AesGcmParams {
  const additionalData = encodeText(label) as Uint8Array<ArrayBuffer>;
  return { name: ALGORITHM, iv: nonce, additionalData };
}

function requireName(label: string): void {
  if (label === "" || label.length > LIMIT_NAME_CHARACTERS) {
    throw new RangeError(`The name of a secret has 1 to ${LIMIT_NAME_CHARACTERS} characters`);
  }
}

function unreadable(label: string, state: string): Exception {
  return new Exception("failed", `Cannot read secret "${label}": ${state}; enter it again`);
}
