/** Asking an owner for more authority. @see capnp/common/powerbox.capnp Powerbox */
import { Exception } from "#base";
import { dup, isNull } from "#capnp";
import type { Client } from "#capnp";
import type { Ask, Chooser, Grant, Keeper, Petition, PowerboxServer } from "#schema";
import type { Init } from "#capnp";
import type { Account, Entry, Holder } from "./account.ts";
import { checkAsk, clientTypeOf } from "./ask.ts";
import type { AskKind } from "./ask.ts";
import { findGrant, grant } from "./grant.ts";
import type { Lifetime } from "./lifetime.ts";
import type { Clock } from "./meter.ts";
import { narrow } from "./narrowing.ts";
import { createRefusal } from "./refusal.ts";

export interface PowerboxPowers {
  /** Null refuses everything; lent. */
  readonly chooser: Chooser;
  readonly account: Account;
  readonly clock: Clock;
  /** Gives the run more memory. */
  readonly addMemory: (bytes: number) => void;
  /** Gives a process more processor time. */
  readonly addTime: (pid: number, seconds: number) => void;
}

/** A process that asks. */
export interface Asker {
  readonly holder: Holder;
  /** The names of its image's layers, base first. */
  readonly layers: readonly string[];
  /** What it is granted through; an ask of the image itself is granted by the owner alone. */
  readonly via?: Entry | undefined;
  readonly lifetimes?: readonly Lifetime[];
  /** How many questions it has open, by all of its powerboxes. */
  readonly open: { count: number };
}

/** What an owner has granted. */
export interface Granted {
  readonly label: string;
  /** `undefined` where there is no capability to it. */
  readonly client: Client | undefined;
  readonly keeper: Keeper | undefined;
}

/** How many questions of one process can be open. */
const OPEN_LIMIT = 8;
const LABEL_LENGTH = 200;

export function servePowerbox(powers: PowerboxPowers, asker: Asker): PowerboxServer {
  const { open } = asker;
  const inTurn = async (ask: () => Promise<Granted>): Promise<{ grant: Init<Grant> }> => {
    if (open.count >= OPEN_LIMIT) {
      throw new Exception("overloaded", `Cannot ask: ${OPEN_LIMIT} questions wait for the owner`);
    }
    open.count++;
    try {
      const { label, client, keeper } = await ask();
      return {
        grant: {
          label,
          ...(client && { cap: client }),
          ...(keeper && { keeper }),
        },
      };
    } finally {
      open.count--;
    }
  };
  return {
    request: (ask, { signal }) => inTurn(() => petition(powers, asker, { ask, signal })),
    restore(token, { signal }) {
      const kept = token.slice();
      return inTurn(() => restore(powers, asker, kept, signal));
    },
  };
}

export interface PetitionOptions {
  /** Under which the image asks for it; empty for a process that asks. */
  readonly name?: string;
  readonly ask: Ask;
  readonly signal: AbortSignal;
}

/**
 * Asks the owner, and enters the grant in the account.
 *
 * @throws {Exception} `denied` when the owner gives nothing; `failed` for what makes no sense.
 */
export async function petition(
  powers: PowerboxPowers,
  asker: Asker,
  { name = "", ask, signal }: PetitionOptions,
): Promise<Granted> {
  const kind = checkAsk(ask);
  const { chooser } = powers;
  const who = asker.holder.name;
  if (isNull(chooser)) {
    throw createRefusal("denied", `"${who}" asked for ${kind}, and nobody is there to grant it`);
  }
  const asked: Init<Petition> = {
    pid: asker.holder.pid,
    asker: who,
    layers: asker.layers,
    name,
    ask,
  };
  using results = await chooser.choose(asked, { signal });
  return accept(powers, asker, { name: name === "" ? kind : name, ask, kind }, results.choice);
}

async function restore(
  powers: PowerboxPowers,
  asker: Asker,
  token: Uint8Array,
  signal: AbortSignal,
): Promise<Granted> {
  const { chooser } = powers;
  const who = asker.holder.name;
  if (isNull(chooser)) {
    throw createRefusal("denied", `"${who}" restored a grant, and nobody is there to give it`);
  }
  const asked = { pid: asker.holder.pid, asker: who, layers: asker.layers };
  using results = await chooser.restore(asked, token, { signal });
  const { choice } = results;
  const ask = choice.which === "given" ? choice.given.ask : undefined;
  if (ask === undefined) {
    throw createRefusal("denied", `"${who}" has no grant to restore by this token`);
  }
  return accept(powers, asker, { name: "restored", ask, kind: checkAsk(ask) }, choice);
}

type Choice = Awaited<ReturnType<Chooser["choose"]>>["choice"];

function accept(
  { account, clock, addMemory, addTime }: PowerboxPowers,
  { holder, via, lifetimes }: Asker,
  { name, ask, kind }: { readonly name: string; readonly ask: Ask; readonly kind: AskKind },
  choice: Choice,
): Granted {
  if (choice.which !== "given") {
    const why = choice.which === "nothing" && choice.nothing !== "" ? `: ${choice.nothing}` : "";
    throw createRefusal("denied", `the owner gives "${holder.name}" no ${kind}${why}`);
  }
  const { cap, narrowing, keeper } = choice.given;
  const label = choice.given.label.slice(0, LABEL_LENGTH);
  if (ask.which === "memory" || ask.which === "time") {
    // An owner that gives is taken at the word of the ask.
    if (ask.which === "memory") addMemory(ask.memory);
    else addTime(holder.pid, ask.time);
    account.enter({ holder, name, label, via, ...(lifetimes && { lifetimes }) });
    return { label, client: undefined, keeper: undefined };
  }
  if (isNull(cap)) throw new Exception("failed", `The owner gave "${label}" without a capability`);
  const { policy, restrictions } = narrow(ask, kind, label, narrowing);
  const about = {
    holder,
    name,
    label,
    restrictions,
    // An owner may give what a process of the same run has.
    via: findGrant(account, cap) ?? via,
    lifetimes: [...(lifetimes ?? []), ...(via === undefined ? [] : [via.lifetime])],
  };
  const { client } = grant(account, about, dup(cap), clientTypeOf(kind), { policy, clock });
  return { label, client, keeper: isNull(keeper) ? undefined : dup(keeper) };
}
