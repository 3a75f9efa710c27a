/** Answers an image's petitions with what the command line has designated. */
import { basename } from "node:path";
import { toMessage } from "#base";
import { AnyClient, dup, serve } from "#capnp";
import type { Client, Init } from "#capnp";
import {
  attenuate,
  createPolicy,
  serveClock,
  serveFolder,
  serveRandomness,
  serveSecret,
} from "#caps";
import { parsePeerAddress } from "#net";
import { Clock, Folder, Randomness, Secret } from "#schema";
import type { Ask, Choice, ChooserServer, NarrowingRecord, Petition } from "#schema";
import type { Bounds, Designated, Designation, Designations } from "./designation.ts";
import { formatSize } from "../size.ts";
import { openHostFolder } from "./host-folder.ts";
import { INTERFACES } from "./interfaces.ts";
import { openHostHttp } from "./host-http.ts";
import { readSecret } from "./read-secret.ts";

export interface ChooserPowers {
  /** Called with each petition and its outcome, in one sentence. */
  readonly onAnswer: (text: string, isGiven: boolean) => void;
  /** Called with the name of each lookup of a designation. */
  readonly onAsk?: ((name: string) => void) | undefined;
  /** Dials a peer's service through the kernel's node; the caller disposes it. */
  readonly openService: (address: string, service: string) => Promise<Client>;
}

export function createChooser(
  designations: Designations,
  { onAnswer, onAsk, openService }: ChooserPowers,
): ChooserServer {
  const given: GivenSoFar = { opened: new Map(), amounts: new Map(), openService };
  return {
    async choose(petition) {
      const { name, ask } = petition;
      const key = name === "" ? String(ask.which) : name;
      onAsk?.(key);
      const found = designations.get(key);
      const { choice, why } = await answer(petition, found, given);
      const end = why === undefined ? "got it" : `got nothing: ${why}`;
      onAnswer(
        `${petition.asker} asked for ${describeAsk(petition)} and ${end}`,
        why === undefined,
      );
      return { choice };
    },
    restore: () => ({ choice: nothing("a command keeps no grants") }),
  };
}

interface Answer {
  readonly choice: Init<Choice>;
  /** Why nothing was given, for the owner only: it may name files and variables of this computer. */
  readonly why?: string;
}

async function answer(
  petition: Petition,
  found: Designation | undefined,
  given: GivenSoFar,
): Promise<Answer> {
  const { name, ask } = petition;
  if (found === undefined) {
    const key = name === "" ? String(ask.which) : name;
    return refuse(`no --grant and no policy designates "${key}"`);
  }
  const { what, bounds } = found;
  if (what.kind !== ask.which) return refuse(`"${name}" is designated as ${what.kind}`);
  if (what.kind === "folder" && ask.which === "folder" && ask.folder.writes && !what.writes) {
    const given = "the folder is given for reading";
    return refuse(`it wants to write, and ${given}; to let it: ${what.path},writes`, given);
  }
  const narrowing = toNarrowing(bounds);
  if (what.kind === "memory" || what.kind === "time") {
    const amount = (given.amounts.get(found) ?? 0) + amountOf(ask);
    const write = what.kind === "memory" ? formatSize : formatSeconds;
    if (amount > what.most) return refuse(`${write(what.most)} in all are the most`);
    given.amounts.set(found, amount);
    const label = `More ${what.kind}: ${write(amountOf(ask))}`;
    return { choice: { which: "given", given: { label, narrowing } } };
  }
  try {
    const { label, cap } = await openOnce(given, found, what);
    return { choice: { which: "given", given: { label, narrowing, cap: dup(cap) } } };
  } catch (error) {
    return refuse(toMessage(error), "what the owner has designated is missing");
  }
}

/** @param reason the reason that the image gets */
function refuse(why: string, reason: string = why): Answer {
  return { choice: nothing(reason), why };
}

const nothing = (why: string): Extract<Init<Choice>, { which: "nothing" }> => ({
  which: "nothing",
  nothing: why,
});

function describeAsk({ name, ask }: Petition): string {
  return name === "" ? String(ask.which) : `"${name}" (${String(ask.which)})`;
}

/** What has been given until now, for all petitions together. */
interface GivenSoFar extends Pick<ChooserPowers, "openService"> {
  readonly opened: Map<Designation, Promise<Opened>>;
  /** Bytes of memory, or seconds of processor time. */
  readonly amounts: Map<Designation, number>;
}

interface Opened {
  readonly label: string;
  readonly cap: Client;
}

type DesignatedCap = Exclude<Designated, { readonly kind: "memory" | "time" }>;

function openOnce(
  { opened, openService }: GivenSoFar,
  designation: Designation,
  what: DesignatedCap,
): Promise<Opened> {
  const known = opened.get(designation) ?? openWithin(designation.bounds, what, openService);
  opened.set(designation, known);
  // Something that is missing now may exist at the next petition.
  known.catch(() => opened.delete(designation));
  return known;
}

/** Opens a designation within its bounds; an expiry counts from this call. */
async function openWithin(
  bounds: Bounds,
  what: DesignatedCap,
  openService: ChooserPowers["openService"],
): Promise<Opened> {
  const [label, cap] = await open(what, openService);
  const { calls, bytes, expiresMs } = bounds;
  const type = what.kind === "peer" ? undefined : INTERFACES[what.kind];
  const policy = createPolicy({
    label,
    ...(type && { allow: [{ interface: type }] }),
    ...(calls !== undefined && { calls }),
    ...(bytes !== undefined && { bytes }),
    ...(expiresMs !== undefined && { expiresMs }),
  });
  return { label, cap: attenuate(cap, type ?? AnyClient, policy, { clock: CLOCK }) };
}

const CLOCK = { nowMs: (): number => performance.now() };

/** @throws {Exception} when what is designated is missing. */
async function open(
  what: DesignatedCap,
  openService: ChooserPowers["openService"],
): Promise<readonly [label: string, cap: Client]> {
  switch (what.kind) {
    case "folder": {
      const device = await openHostFolder(what.path);
      return [`Folder "${basename(what.path)}"`, serve(Folder, serveFolder(device))];
    }
    case "secret": {
      const value = (await readSecret(what.place)).reveal();
      return ["A secret", serve(Secret, serveSecret(value))];
    }
    case "clock":
      return ["The time", serve(Clock, serveClock(Date.now, 1))];
    case "randomness":
      return [
        "Randomness",
        serve(
          Randomness,
          serveRandomness((bytes) => crypto.getRandomValues(bytes)),
        ),
      ];
    case "http":
      return openHostHttp(what);
    case "peer": {
      const { peerId } = parsePeerAddress(what.address);
      const cap = await openService(what.address, what.service);
      return [`Service "${what.service}" of ${peerId.toString()}`, cap];
    }
    default:
      return what satisfies never;
  }
}

/** The amount that is asked for, in bytes or seconds. */
function amountOf(ask: Ask): number {
  if (ask.which === "memory") return ask.memory;
  return ask.which === "time" ? ask.time : 0;
}

const formatSeconds = (seconds: number): string => `${seconds} s`;

function toNarrowing({ only = [], calls, bytes, expiresMs }: Bounds): Init<NarrowingRecord> {
  return {
    methods: only.map((name) => ({ name })),
    ...(calls !== undefined && { calls }),
    ...(bytes !== undefined && { bytes }),
    ...(expiresMs !== undefined && { expiresMs }),
  };
}
