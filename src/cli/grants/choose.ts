/** Answers what an image asks for by what the command line has designated. */
import { basename } from "node:path";
import { toMessage } from "#base";
import { dup, serve } from "#capnp";
import type { Client, Init, InterfaceType } from "#capnp";
import {
  attenuate,
  createPolicy,
  serveClock,
  serveFolder,
  serveRandomness,
  serveSecret,
} from "#caps";
import { Clock, Folder, HttpClient, Randomness, Secret } from "#schema";
import type { Ask, Choice, ChooserServer, NarrowingRecord, Petition } from "#schema";
import type { Bounds, Designated, Designation, Designations } from "./designation.ts";
import { openHostFolder } from "./host-folder.ts";
import { openHostHttp } from "./host-http.ts";
import { readSecret } from "./read-secret.ts";

/** @param onAnswer told what was asked, and what became of it, in one sentence */
export function createChooser(
  designations: Designations,
  onAnswer: (text: string) => void,
): ChooserServer {
  const given = new Map<Designation, Promise<GivenOnce>>();
  const giveOnce = (designation: Designation, ask: Ask): Promise<GivenOnce> => {
    const known = given.get(designation) ?? designateOnce(designation, ask);
    given.set(designation, known);
    // What was not there may be there at the next petition.
    known.catch(() => given.delete(designation));
    return known;
  };
  return {
    async choose(petition) {
      const { name, ask } = petition;
      const found = designations.get(name === "" ? String(ask.which) : name);
      const { choice, why } = await answer(petition, found, giveOnce);
      const end = why === undefined ? "got it" : `got nothing: ${why}`;
      onAnswer(`${petition.asker} asked for ${describeAsk(petition)} and ${end}`);
      return { choice };
    },
    restore: () => ({ choice: nothing("a command keeps no grants") }),
  };
}

interface Answer {
  readonly choice: Init<Choice>;
  /** Why nothing was given, for the owner alone: it may name files and variables of this computer. */
  readonly why?: string;
}

async function answer(
  petition: Petition,
  found: Designation | undefined,
  giveOnce: (designation: Designation, ask: Ask) => Promise<GivenOnce>,
): Promise<Answer> {
  const { name, ask } = petition;
  if (found === undefined) {
    const key = name === "" ? String(ask.which) : name;
    return refuse(`no --grant and no policy designates "${key}"`);
  }
  const { what, bounds } = found;
  if (what.kind !== ask.which) return refuse(`"${name}" is designated as ${what.kind}`);
  if (what.kind === "folder" && ask.which === "folder" && ask.folder.writes && !what.writes) {
    return refuse("it wants to write, and the folder is given for reading");
  }
  try {
    const { label, cap } = await giveOnce(found, ask);
    const narrowing = toNarrowing(bounds);
    const given = { label, narrowing, ...(cap && { cap: dup(cap) }) };
    return { choice: { which: "given", given } };
  } catch (error) {
    return refuse(toMessage(error), "what is designated is not there");
  }
}

/** @param told what the image is told */
function refuse(why: string, told: string = why): Answer {
  return { choice: nothing(told), why };
}

const nothing = (why: string): Extract<Init<Choice>, { which: "nothing" }> => ({
  which: "nothing",
  nothing: why,
});

function describeAsk({ name, ask }: Petition): string {
  return name === "" ? String(ask.which) : `"${name}" (${String(ask.which)})`;
}

/** What is given for a designation, however often it is asked for. */
interface GivenOnce {
  readonly label: string;
  readonly cap: Client | undefined;
}

/** Its bounds are for all that is given of it together, and its time begins with the first. */
async function designateOnce({ what, bounds }: Designation, ask: Ask): Promise<GivenOnce> {
  const [label, cap] = await designate(what, ask);
  const type = INTERFACES[what.kind];
  if (cap === undefined || type === undefined) return { label, cap };
  const { calls, bytes, expiresMs } = bounds;
  const policy = createPolicy({
    label,
    allow: [{ interface: type }],
    ...(calls !== undefined && { calls }),
    ...(bytes !== undefined && { bytes }),
    ...(expiresMs !== undefined && { expiresMs }),
  });
  return { label, cap: attenuate(cap, type, policy, { clock: CLOCK }) };
}

const CLOCK = { nowMs: (): number => performance.now() };
const INTERFACES: Readonly<Partial<Record<Designated["kind"], InterfaceType>>> = {
  folder: Folder,
  http: HttpClient,
  secret: Secret,
  clock: Clock,
  randomness: Randomness,
};

/** @throws {Exception} when it is not there. */
async function designate(
  what: Designated,
  ask: Ask,
): Promise<readonly [label: string, cap: Client | undefined]> {
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
    case "memory":
      return [`More memory: ${ask.which === "memory" ? ask.memory : 0} bytes`, undefined];
    case "time":
      return [`More processor time: ${ask.which === "time" ? ask.time : 0} s`, undefined];
    case "http":
      return openHostHttp(what);
    default:
      return what satisfies never;
  }
}

function toNarrowing({ only = [], calls, bytes, expiresMs }: Bounds): Init<NarrowingRecord> {
  return {
    methods: only.map((name) => ({ name })),
    ...(calls !== undefined && { calls }),
    ...(bytes !== undefined && { bytes }),
    ...(expiresMs !== undefined && { expiresMs }),
  };
}
