/**
 * What the processes of one session ask the visitor for, and the visitor's answers; knows no document.
 *
 * The page shows the oldest open petition. A click meant for what was there before must never give anything: for half a
 * second after a petition has appeared, nothing answers it.
 */
import { batch, signal as createSignal } from "@preact/signals";
import type { ReadonlySignal, Signal } from "@preact/signals";
import { Exception, toMessage, whenAborted } from "#base";
import type { Init } from "#capnp";
import type { Ask, Choice, ChooserServer, KeeperServer, NarrowingRecord, Petition } from "#schema";
import type { Designation, Granting, KeptGrant, KeptGrants } from "./granting.ts";
import type { Given, Held } from "./held.ts";
import { narrowingAfter, toNarrowing } from "./narrowing.ts";
import type { NarrowingChoice } from "./narrowing.ts";
import { WORDS } from "./words.ts";

export interface OpenPetition {
  /** Of the page. */
  readonly id: number;
  readonly pid: number;
  readonly asker: string;
  /** The image that asks, base first. */
  readonly layers: readonly string[];
  /** Under which `etc/grants.json` asks for it; empty for a process that asks. */
  readonly name: string;
  readonly ask: Ask;
  /** A kept grant that the browser does not open without a click. */
  readonly returning: Returning | undefined;
  /** Why the last choice came to nothing; empty if there is no reason. */
  readonly complaint: ReadonlySignal<string>;
}

export interface Returning {
  readonly label: string;
  readonly unlock: () => Promise<Designation | undefined>;
}

/** What a choice has led to. */
export type Answer =
  | { readonly type: "nothing" }
  | {
      readonly type: "given";
      readonly designation: Designation;
      readonly narrowing: NarrowingChoice;
      /** Whether the image may keep it for later runs. */
      readonly canKeep: boolean;
    };

export interface Petitions {
  /** The oldest first. */
  readonly open: ReadonlySignal<readonly OpenPetition[]>;
  readonly chooser: ChooserServer;
  /** Tells that the visitor has begun to see the oldest petition, as it is now. */
  appeared(): void;
  /** Whether clicks count already. */
  takesClicks(): boolean;
  /**
   * Answers the oldest petition with what the visitor chooses; `undefined` leaves it open, and an error is its complaint.
   * Does nothing if clicks do not count yet, another petition is the oldest, or a choice is under way.
   */
  answer(
    petition: OpenPetition,
    choose: () => Answer | undefined | Promise<Answer | undefined>,
  ): Promise<void>;
  /** Answers all that is open and all that comes with nothing. */
  mute(petition: OpenPetition): void;
}

export interface PetitionPowers {
  readonly granting: () => Promise<Granting>;
  /** Ascending. */
  readonly nowMs: () => number;
  /** Since 1970. */
  readonly wallMs: () => number;
  readonly held: Held;
}

const SETTLE_MS = 500;

interface Waiting extends OpenPetition {
  readonly complaint: Signal<string>;
  readonly settle: (answer: Answer) => void;
}

export function createPetitions(powers: PetitionPowers): Petitions {
  const { nowMs, wallMs, held, granting } = powers;
  const open = createSignal<readonly Waiting[]>([]);
  /** When the visitor began to see the oldest petition. */
  let appearedMs: number | undefined;
  let choosing: OpenPetition | undefined;
  let isMuted = false;
  let nextId = 1;

  const remove = (petition: OpenPetition): void => {
    if (open.value[0] === petition) appearedMs = undefined;
    open.value = open.value.filter((other) => other !== petition);
  };
  const takesClicks = (): boolean => appearedMs !== undefined && nowMs() - appearedMs >= SETTLE_MS;
  const isAnswerable = (petition: OpenPetition): boolean =>
    open.value[0] === petition && choosing !== petition;
  /** Waits for the visitor. */
  const ask = async (
    { pid, asker, layers, name }: Petition,
    asked: Ask,
    returning: Returning | undefined,
    signal: AbortSignal,
  ): Promise<Answer> => {
    signal.throwIfAborted();
    if (isMuted) return { type: "nothing" };
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const complaint = createSignal("");
    const waiting: Waiting = {
      id: nextId++,
      pid,
      asker,
      layers,
      name,
      ask: asked,
      returning,
      complaint,
      settle: resolve,
    };
    const forget = whenAborted(signal, () => reject(signal.reason));
    open.value = [...open.value, waiting];
    try {
      return await promise;
    } finally {
      forget();
      remove(waiting);
    }
  };
  const choose = async (petition: Petition, signal: AbortSignal): Promise<Init<Choice>> => {
    const answer = await ask(petition, petition.ask, undefined, signal);
    if (answer.type === "nothing") return nothing("");
    const { designation, canKeep } = answer;
    const { kept } = await granting();
    const { ask: asked, layers } = petition;
    const narrowing = toNarrowing(answer.narrowing);
    const given = held.give(petition.pid, designation.label);
    const { label } = given;
    const { lasting } = designation;
    const keptGrant = { layers, label, ask: asked, narrowing, lasting, sinceMs: wallMs() };
    const isKeepable = canKeep && canBeKept(designation, answer.narrowing) && kept.canKeep(layers);
    return toChoice(given, designation, {
      narrowing,
      ...(isKeepable && { keeper: createKeeper(given, kept, keptGrant) }),
    });
  };
  const restore = async (
    petition: Petition,
    token: Uint8Array,
    signal: AbortSignal,
  ): Promise<Init<Choice>> => {
    const found = await granting();
    const { kept } = found;
    const grant = await kept.find(token, petition.layers);
    if (grant === undefined) return nothing("");
    const { id, ask: asked, label } = grant;
    const narrowing = narrowingAfter(grant.narrowing, wallMs() - grant.sinceMs);
    if (narrowing === undefined) {
      await kept.remove(id);
      return nothing("");
    }
    const reopened = await found.reopen(label, grant.lasting);
    const designation =
      reopened.state === "ready"
        ? reopened.designation
        : await unlock(petition, grant, reopened.unlock, signal);
    if (designation === undefined) return nothing(`the browser keeps "${label}" locked`);
    const given = held.give(petition.pid, label, id);
    const keeper: KeeperServer = { keep: () => ({ token }) };
    return toChoice(given, designation, { narrowing, ask: asked, keeper });
  };
  const unlock = async (
    petition: Petition,
    { ask: asked, label }: KeptGrant,
    open: () => Promise<Designation | undefined>,
    signal: AbortSignal,
  ): Promise<Designation | undefined> => {
    const answer = await ask(petition, asked, { label, unlock: open }, signal);
    return answer.type === "given" ? answer.designation : undefined;
  };
  return {
    open,
    chooser: {
      choose: async (petition, { signal }) => ({ choice: await choose(petition, signal) }),
      async restore(petition, token, { signal }) {
        // The token is lent until the first wait.
        return { choice: await restore(petition, token.slice(), signal) };
      },
    },
    appeared: () => void (appearedMs = nowMs()),
    takesClicks,
    async answer(petition, decide) {
      const waiting = open.value.find((other) => other === petition);
      if (waiting === undefined || !isAnswerable(petition) || !takesClicks()) return;
      choosing = petition;
      waiting.complaint.value = "";
      try {
        const answer = await decide();
        if (answer !== undefined) waiting.settle(answer);
      } catch (error) {
        waiting.complaint.value = toMessage(error);
        // What the sheet shows has changed.
        if (open.value[0] === petition) appearedMs = nowMs();
      } finally {
        if (choosing === petition) choosing = undefined;
      }
    },
    mute(petition) {
      if (!isAnswerable(petition) || !takesClicks()) return;
      isMuted = true;
      batch(() => {
        for (const waiting of open.value) waiting.settle({ type: "nothing" });
      });
    },
  };
}

/** A count of calls would begin anew with each run. */
function canBeKept({ lasting }: Designation, { calls, bytes }: NarrowingChoice): boolean {
  return lasting !== undefined && calls === undefined && bytes === undefined;
}

function createKeeper(given: Given, kept: KeptGrants, grant: Omit<KeptGrant, "id">): KeeperServer {
  let keeping: Promise<Uint8Array> | undefined;
  const keepOnce = async (): Promise<Uint8Array> => {
    if (given.isOver) throw new Exception("failed", `"${given.label}" was revoked`);
    const { id, token } = await kept.keep(grant);
    try {
      given.keptAs(id);
    } catch (error) {
      await kept.remove(id);
      throw error;
    }
    return token;
  };
  return {
    async keep() {
      keeping ??= keepOnce();
      try {
        return { token: await keeping };
      } catch (error) {
        keeping = undefined;
        throw error;
      }
    },
  };
}

function toChoice(
  { label }: Given,
  designation: Designation,
  more: {
    readonly narrowing: Init<NarrowingRecord>;
    readonly ask?: Ask;
    readonly keeper?: KeeperServer;
  },
): Init<Choice> {
  const cap = designation.open();
  return { which: "given", given: { label, ...(cap && { cap }), ...more } };
}

function nothing(why: string): Init<Choice> {
  return { which: "nothing", nothing: why === "" ? WORDS.nothingGiven : why };
}
