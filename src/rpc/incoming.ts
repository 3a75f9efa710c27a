/** Resolves the targets and descriptors in the peer's messages to capabilities. */
import { Exception } from "#base";
import { createBroken, NULL_CAPABILITY } from "#capnp/wire";
import type { Capability, MessageReader } from "#capnp/wire";
import { notOpen } from "./answers.ts";
import type { Answers } from "./answers.ts";
import { toTarget } from "./exports.ts";
import type { Exports } from "./exports.ts";
import type { Imports } from "./imports.ts";
import type { Link } from "./link.ts";
import { createReflected } from "./reflected.ts";
import type { Descriptor, Payload, Target } from "./wire.ts";

export class Incoming {
  readonly #link: Link;
  readonly #imports: Imports;
  readonly #exports: Exports;
  readonly #answers: Answers;

  constructor(link: Link, imports: Imports, exports: Exports, answers: Answers) {
    this.#link = link;
    this.#imports = imports;
    this.#exports = exports;
    this.#answers = answers;
  }

  /** The capability that a target names, as a new reference. @throws {Exception} `failed` when there is none */
  find(target: Target): Capability {
    if (target.type === "answer") {
      const found = this.#answers.pipeline(target.questionId, target.path);
      if (found === undefined) throw notOpen(target.questionId);
      return found;
    }
    const capability = this.#exports.get(target.id);
    if (capability === undefined) throw new Exception("failed", `There is no export ${target.id}`);
    return capability.retain();
  }

  /**
   * Receives a payload's capabilities. @returns a function that releases them and the message's memory; call it once
   */
  receiveAll(payload: Payload, message: MessageReader): () => void {
    const { loan } = message;
    if (payload.capabilities.length === 0) {
      return loan === undefined ? NOTHING_TO_RELEASE : () => loan.release();
    }
    const received: Capability[] = [];
    const release = (): void => {
      for (const capability of received.splice(0)) capability.release();
      loan?.release();
    };
    try {
      for (const descriptor of payload.capabilities) received.push(this.receive(descriptor));
    } catch (error) {
      release();
      throw error;
    }
    message.capabilities = received;
    return release;
  }

  /** The capability that a descriptor names, as a new reference. */
  receive(descriptor: Descriptor): Capability {
    switch (descriptor.type) {
      case "none":
        return NULL_CAPABILITY;
      case "senderHosted":
        return this.#imports.receive(descriptor.id, false);
      case "senderPromise":
        return this.#imports.receive(descriptor.id, true);
      case "receiverHosted":
        return this.#reflect(this.find({ type: "import", id: descriptor.id }));
      case "receiverAnswer": {
        const { questionId, path } = descriptor;
        const found = this.#answers.pipeline(questionId, path);
        return this.#reflect(found ?? createBroken(notOpen(questionId)));
      }
      case "unknown":
        return createBroken(
          new Exception("unimplemented", "Capability of a kind that this vat does not know"),
        );
    }
  }

  /** Marks a capability that leads back to the peer. Takes one reference, returns one. */
  #reflect(found: Capability): Capability {
    return toTarget(found, this.#link) === undefined ? found : createReflected(found);
  }
}

/** Ids of the imports in a payload, once for each reference. */
export function toImports(descriptors: readonly Descriptor[]): readonly number[] {
  if (descriptors.length === 0) return NO_IDS;
  const ids: number[] = [];
  for (const descriptor of descriptors) {
    if (descriptor.type === "senderHosted" || descriptor.type === "senderPromise") {
      ids.push(descriptor.id);
    }
  }
  return ids;
}

const NO_IDS: readonly number[] = [];
const NOTHING_TO_RELEASE = (): void => undefined;
