/**
 * How a cell asks its host for files that it shares with others. Handles that a guest drops are reported with its next call.
 */
import { after } from "#base";
import type { Eventually } from "#base";
import { decodeAnswer, pack } from "./file-calls.ts";
import type { AskFiles, FileAnswer } from "./file-calls.ts";
import { refuse, trap } from "./trap.ts";
import type { Waits } from "./waits.ts";

/** Shared by all descriptors of a cell. */
export interface SharedHost {
  /** @throws the refusal's code, as WASI functions refuse */
  call(
    handle: number,
    call: string,
    args: readonly unknown[],
    body?: Uint8Array,
  ): Eventually<FileAnswer>;
  /** Reports that the handle is no longer used. */
  drop(handle: number): void;
  /** Registers a write in flight; the promise never rejects. */
  track(sending: Promise<void>): void;
  /** Resolves when all that was written has arrived. */
  flush(): Promise<void>;
  /** Increases when the guest changes contents of files: bytes that it has read ahead may be stale then. */
  readonly version: number;
  readonly waits: Waits;
}

/** Calls that change contents of files. */
const CHANGING: ReadonlySet<string> = new Set(["write", "append", "setSize", "openAt"]);

export function createSharedHost(ask: AskFiles, waits: Waits): SharedHost {
  let dropped: number[] = [];
  let version = 0;
  const sendings = new Set<Promise<void>>();
  return {
    waits,
    get version() {
      return version;
    },
    call(handle, call, args, body) {
      if (CHANGING.has(call)) version++;
      const question = { type: "file", call, handle, args: args.map(pack), dropped } as const;
      dropped = [];
      let answer;
      try {
        answer = ask(question, body);
      } catch (reason) {
        return fail(reason);
      }
      return after(answer instanceof Promise ? answer.catch(fail) : answer, settle);
    },
    drop: (handle) => void dropped.push(handle),
    track(sending) {
      sendings.add(sending);
      void sending.then(() => sendings.delete(sending));
    },
    async flush() {
      while (sendings.size > 0) await Promise.all(sendings);
    },
  };
}

function settle(bytes: Uint8Array): FileAnswer {
  const answer = decodeAnswer(bytes);
  return answer.type === "refusal" ? refuse(answer.code) : answer;
}

/** Any error except a refusal ends the guest. */
function fail(reason: unknown): never {
  return trap(reason instanceof Error ? reason.message : "wasi:filesystem: the host has failed");
}

/** The value of an answer; any other answer is refused as `io`. */
export function toValue<T>(answer: FileAnswer): T {
  return answer.type === "value" ? (answer.value as T) : refuse("io");
}
