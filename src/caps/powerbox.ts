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
  /** A null chooser refuses everything; borrowed. */
  readonly chooser: Chooser;
  readonly account: Account;
  readonly clock: Clock;
  /** Adds memory to the run. */
  readonly addMemory: (bytes: number) => void;
  /** Adds processor time to a process. */
  readonly addTime: (pid: number, seconds: number) => void;
}

/** A process that asks for grants. */
export interface Asker {
  readonly holder: Holder;
  /** The names of its image's layers, base first. */
  readonly layers: readonly string[];
  /** The entry that it is granted through; without one, for asks of the image itself, the owner alone grants. */
  readonly via?: Entry | undefined;
  readonly lifetimes?: readonly Lifetime[];
  /** Number of its open questions, in all its powerboxes. */
  readonly open: { count: number };
}

/** A grant by an owner. */
export interface Granted {
  readonly label: string;
  /** `undefined` for grants that are no capability. */
  readonly client: Client | undefined;
  readonly keeper: Keeper | undefined;
}

/** Maximum number of open questions of one process. */
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
  /** The name under which the image asks; empty for an ask of a process. */
  readonly name?: string;
  readonly ask: Ask;
  readonly signal: AbortSignal;
}

/**
 * Asks the owner, and enters the grant in the account.
 *
 * @throws {Exception} `denied` when the owner gives nothing; `failed` when the ask or the answer makes no sense.
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
    // Before it has any of it: a full account refuses.
    account.enter({ holder, name, label, via, ...(lifetimes && { lifetimes }) });
    // The owner has agreed to the amount that was asked for.
    if (ask.which === "memory") addMemory(ask.memory);
    else addTime(holder.pid, ask.time);
    return { label, client: undefined, keeper: undefined };
  }
  if (isNull(cap)) throw new Exception("failed", `The owner gave "${label}" without a capability`);
  const { policy, restrictions } = narrow(ask, kind, label, narrowing);
  const about = {
    holder,
    name,
    label,
    restrictions,
    // An owner may give a capability that a process of the same run was granted.
    via: findGrant(account, cap) ?? via,
    lifetimes: [...(lifetimes ?? []), ...(via === undefined ? [] : [via.lifetime])],
  };
  const { client } = grant(account, about, dup(cap), clientTypeOf(kind), { policy, clock });
  return { label, client, keeper: isNull(keeper) ? undefined : dup(keeper) };
}
