/** The sandboxes that this node answers for, each with its agent, by names that can be parts of host names. */
import { openAgent } from "#agent";
import type { Agent, AgentPowers } from "#agent";
import { Exception } from "#base";
import type { RunningSandbox } from "./sandboxes.ts";

export interface Entry {
  readonly id: string;
  readonly agent: Agent;
  readonly running: RunningSandbox;
  /** The token that every request to its agent must carry. */
  readonly token: string | undefined;
}

export interface EntryOptions {
  readonly token?: string | undefined;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it takes the name that was kept for it when it was paused. */
  readonly isKept?: boolean;
}

export interface Registry extends AsyncDisposable {
  /**
   * Answers for a sandbox until it is gone. Takes it over, also if this fails. A name that is taken gets a number: `name-2`.
   *
   * @throws {Exception} what the sandbox fails with
   */
  add(name: string, running: RunningSandbox, options?: EntryOptions): Promise<Entry>;
  find(id: string): Entry | undefined;
  /** Why `find` finds nothing, as a message for clients. */
  describeMissing(id: string): string;
  /** Refuses all requests to its agent until disposed. */
  hold(entry: Entry): Disposable;
  isHeld(entry: Entry): boolean;
  /** In the order of their arrival. */
  list(): readonly Entry[];
  /** Ends it; its name may be kept until it is ended once more. */
  end(id: string, options?: { readonly keepsName?: boolean }): Promise<void>;
}

/** The most sandboxes at a time. */
const SANDBOX_LIMIT = 64;

export function createRegistry(powers: AgentPowers): Registry {
  const entries = new Map<string, Entry>();
  const claimed = new Set<string>();
  const held = new Set<Entry>();
  /** Names that are kept for paused sandboxes. */
  const kept = new Set<string>();

  const drop = (entry: Entry): void => {
    if (entries.get(entry.id) !== entry) return;
    entries.delete(entry.id);
    claimed.delete(entry.id);
    entry.agent[Symbol.dispose]();
  };
  return {
    async add(name, running, { token, env = {}, isKept = false } = {}) {
      const id = isKept ? name : claim(toHostPart(name), claimed);
      try {
        if (claimed.size > SANDBOX_LIMIT) {
          throw new RangeError(`This node answers for ${SANDBOX_LIMIT} sandboxes at most`);
        }
        const agent = await openAgent(running.sandbox, powers, { accessToken: token, env });
        if (isKept && !kept.has(id)) {
          agent[Symbol.dispose]();
          throw new Exception("failed", `Cannot resume "${id}": it was ended meanwhile`);
        }
        const entry = { id, agent, running, token };
        entries.set(id, entry);
        kept.delete(id);
        void running.gone.then(
          () => drop(entry),
          () => drop(entry),
        );
        return entry;
      } catch (reason) {
        if (!isKept) claimed.delete(id);
        await running.end();
        throw reason;
      }
    },
    find: (id) => entries.get(id),
    describeMissing: (id) =>
      kept.has(id) ? `the sandbox is paused: ${adviseResume(id)}` : "the sandbox was not found",
    hold(entry) {
      held.add(entry);
      return { [Symbol.dispose]: () => void held.delete(entry) };
    },
    isHeld: (entry) => held.has(entry),
    list: () => [...entries.values()],
    async end(id, { keepsName = false } = {}) {
      const entry = entries.get(id);
      if (entry !== undefined) drop(entry);
      if (keepsName) {
        claimed.add(id);
        kept.add(id);
      } else {
        claimed.delete(id);
        kept.delete(id);
      }
      await entry?.running.end();
    },
    async [Symbol.asyncDispose]() {
      const all = [...entries.values()];
      for (const entry of all) drop(entry);
      await Promise.all(all.map(({ running }) => running.end()));
    },
  };
}

/** Tells clients how to resume a paused sandbox. */
export function adviseResume(id: string): string {
  return `Sandbox.connect("${id}") with the API key resumes it`;
}

function claim(name: string, claimed: Set<string>): string {
  let id = name;
  for (let number = 2; claimed.has(id); number++) id = `${name}-${number}`;
  claimed.add(id);
  return id;
}

/** Must not begin like `<port>-<id>`, which names a port. @see RFC 1123 */
function toHostPart(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 40);
  if (plain === "") return "sandbox";
  return /^\d+(?:-|$)/.test(plain) ? `sandbox-${plain}` : plain;
}
