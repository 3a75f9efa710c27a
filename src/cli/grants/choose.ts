/** Answers what an image asks for by what the command line has designated. */
import { basename } from "node:path";
import { Exception, toMessage } from "#base";
import { serve } from "#capnp";
import type { Client, Init } from "#capnp";
import { serveClock, serveFolder, serveRandomness, serveSecret } from "#caps";
import { Clock, Folder, Randomness, Secret } from "#schema";
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
  return {
    async choose(petition) {
      const { name, ask } = petition;
      const found = designations.get(name === "" ? String(ask.which) : name);
      const choice = await answer(petition, found);
      const given = choice.which === "given" ? "got it" : `got nothing: ${choice.nothing ?? ""}`;
      onAnswer(`${petition.asker} asked for ${describeAsk(petition)} and ${given}`);
      return { choice };
    },
    restore: () => ({ choice: nothing("a command keeps no grants") }),
  };
}

async function answer(petition: Petition, found: Designation | undefined): Promise<Init<Choice>> {
  const { name, ask } = petition;
  if (found === undefined) {
    const key = name === "" ? String(ask.which) : name;
    return nothing(`no --grant and no policy designates "${key}"`);
  }
  const { what, bounds } = found;
  if (what.kind !== ask.which) return nothing(`"${name}" is designated as ${what.kind}`);
  try {
    return await give(what, ask, bounds);
  } catch (error) {
    return nothing(toMessage(error));
  }
}

const nothing = (why: string): Extract<Init<Choice>, { which: "nothing" }> => ({
  which: "nothing",
  nothing: why,
});

function describeAsk({ name, ask }: Petition): string {
  return name === "" ? String(ask.which) : `"${name}" (${String(ask.which)})`;
}

async function give(what: Designated, ask: Ask, bounds: Bounds): Promise<Init<Choice>> {
  const [label, cap] = await designate(what, ask);
  const narrowing = toNarrowing(bounds);
  return { which: "given", given: { label, narrowing, ...(cap && { cap }) } };
}

/** @throws {Exception} when it is not there. */
async function designate(
  what: Designated,
  ask: Ask,
): Promise<readonly [label: string, cap: Client | undefined]> {
  switch (what.kind) {
    case "folder": {
      if (ask.which === "folder" && ask.folder.writes && !what.writes) {
        throw new Exception("failed", "it wants to write, and the folder is given for reading");
      }
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
      return ["More memory", undefined];
    case "time":
      return ["More processor time", undefined];
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
