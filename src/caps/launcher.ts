/** The authority to start processes with named capabilities. @see capnp/common/grants.capnp Launcher */
import { Exception } from "#base";
import type { Launch, LauncherServer } from "#schema";
import type { Entry } from "./account.ts";
import { toVariables } from "./executor.ts";
import { takeExports } from "./exports.ts";
import type { SpawnLimits, Spawner, SpawnProgram } from "./powers.ts";
import { serveProcess } from "./process.ts";

/** Maximum length of the name of a process in the owner's account, in characters. */
const LABEL_LENGTH = 100;

/** @throws {Exception} `failed` for a label that the account would not show on one line. */
export function requireLabel(label: string): void {
  if (label.length <= LABEL_LENGTH && !/\p{Cc}|\p{Cf}/u.test(label)) return;
  throw new Exception(
    "failed",
    `Cannot start process: a label is one line of at most ${LABEL_LENGTH} characters`,
  );
}

/** @param from the entry that the processes are granted through */
export function serveLauncher(spawner: Spawner, from: Entry): LauncherServer {
  return {
    async launch({ program, args, env, grants, label, ...limits }, context) {
      requireLabel(label);
      const request = {
        program: toProgram(program),
        args,
        env: toVariables(env),
        label: label === "" ? undefined : label,
        limits: toLimits(limits),
        from: from.of(context),
      };
      const { signal } = context;
      const process = await spawner.spawn({ ...request, grants: takeExports(grants) }, { signal });
      return { process: serveProcess(process) };
    },
  };
}

function toProgram(program: Launch["program"]): SpawnProgram {
  switch (program.which) {
    case "bytes":
      return { type: "bytes", component: program.bytes };
    case "path":
      return { type: "path", path: program.path };
    case "image":
      return { type: "image", name: program.image };
    default:
      throw new Exception(
        "unimplemented",
        "Cannot start process: its program is named in an unknown way",
      );
  }
}

function toLimits({
  memoryBytes,
  cpuSeconds,
}: Pick<Launch, "memoryBytes" | "cpuSeconds">): SpawnLimits {
  return {
    ...(memoryBytes >= 0 && { memoryBytes }),
    ...(cpuSeconds >= 0 && { cpuSeconds }),
  };
}
