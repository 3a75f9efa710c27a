/** A client of a running node's control plane, for what SDKs ask and for CARs of snapshots. */
import { Exception } from "#base";
import type { Waiting } from "#base";
import { NO_END } from "./no-end.ts";

export interface ControlClient {
  /** Running and paused sandboxes. */
  list(): Promise<readonly ListedSandbox[]>;
  /** Stores the files of a sandbox as they are now. @returns the id of the snapshot, a CID */
  snapshot(name: string): Promise<string>;
  /** A stored snapshot, as a CAR. */
  readSnapshot(id: string): Promise<ReadableStream<Uint8Array>>;
  /** Creates a sandbox from a template, such as a snapshot. @returns its name */
  create(template: string, timeoutSeconds: number): Promise<string>;
  /** Creates a sandbox with the same files. @returns its name */
  fork(name: string, timeoutSeconds: number): Promise<string>;
  end(name: string): Promise<void>;
}

export interface ListedSandbox {
  readonly name: string;
  readonly state: string;
  /** When it ends, as in ISO 8601; `undefined` for one that lasts as long as its node or its tab. */
  readonly end: string | undefined;
}

interface Session {
  readonly sandboxID: string;
}

interface Listed extends Session {
  readonly state: string;
  readonly endAt: string;
}

interface Forked {
  readonly sandbox?: Session;
  readonly error?: { readonly message: string };
}

/**
 * Every method fails as an `Exception`, in one sentence: `disconnected` when no node answers there, else `failed`.
 *
 * @param url the address of the port of agents, without a slash at its end
 */
export function createControlClient(url: string, key: string, { signal }: Waiting): ControlClient {
  const ask = async (method: string, path: string, fields?: object): Promise<Response> => {
    const body = fields === undefined ? undefined : JSON.stringify(fields);
    const headers = { "x-api-key": key };
    // A redirect would take the key along.
    const init: RequestInit = {
      method,
      headers,
      redirect: "manual",
      signal: signal ?? null,
      body: body ?? null,
    };
    const response = await fetch(url + path, init).catch((reason: unknown) => {
      signal?.throwIfAborted();
      const state = "no node answers there; start one with ww sandbox --api-key <file>";
      throw new Exception("disconnected", `Cannot reach "${url}": ${state}`, { cause: reason });
    });
    if (response.ok) return response;
    const { message } = (await response.json().catch(() => ({}))) as { message?: unknown };
    const why = typeof message === "string" ? message : `the answer was ${response.status}`;
    throw new Exception("failed", `The node at "${url}" refuses: ${why}`);
  };
  const read = async <T>(...asked: Parameters<typeof ask>): Promise<T> => {
    const response = await ask(...asked);
    try {
      return (await response.json()) as T;
    } catch (cause) {
      signal?.throwIfAborted();
      const state = "it is not a node with sandboxes";
      throw new Exception("failed", `Cannot read the answer of "${url}": ${state}`, { cause });
    }
  };
  return {
    async list() {
      const all = await read<readonly Listed[]>("GET", "/v2/sandboxes");
      return all.map(({ sandboxID, state, endAt }) => ({
        name: sandboxID,
        state,
        end: endAt === NO_END ? undefined : endAt,
      }));
    },
    async snapshot(name) {
      const path = `${toPath(name)}/snapshots`;
      const { snapshotID } = await read<{ readonly snapshotID: string }>("POST", path);
      return snapshotID;
    },
    async readSnapshot(id) {
      const { body } = await ask("GET", `/snapshots/${encodeURIComponent(id)}/car`);
      if (body === null) throw new Exception("failed", `The node at "${url}" sends no snapshot`);
      return body;
    },
    async create(template, timeout) {
      const fields = { templateID: template, timeout };
      return (await read<Session>("POST", "/sandboxes", fields)).sandboxID;
    },
    async fork(name, timeout) {
      const [answer] = await read<readonly Forked[]>("POST", `${toPath(name)}/fork`, { timeout });
      if (answer?.sandbox !== undefined) return answer.sandbox.sandboxID;
      const why = answer?.error?.message ?? "it does not say why";
      throw new Exception("failed", `The node at "${url}" refuses: ${why}`);
    },
    async end(name) {
      await ask("DELETE", toPath(name));
    },
  };
}

function toPath(name: string): string {
  return `/sandboxes/${encodeURIComponent(name)}`;
}
