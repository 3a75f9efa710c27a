/** The authority to start processes in the later generation. @see capnp/later/system.capnp Runtime */
import { Exception, sha256 } from "#base";
import type { ExecutorServer, FuelPolicy, RuntimeServer } from "#schema/later";
import type { Entry } from "../account.ts";
import { toVariables } from "../executor.ts";
import { takeExports } from "../exports.ts";
import type { SpawnLimits, Spawner } from "../powers.ts";
import { serveProcess } from "../process.ts";

export interface RuntimePowers {
  readonly spawner: Spawner;
  /** The entry that processes are granted through. */
  readonly from: Entry;
  /** Ends the run. */
  readonly shutdown: () => void;
  /** The text of the CIDv1 of raw bytes with this SHA-256. */
  readonly toCid: (sha256: Uint8Array) => string;
  /** Shared by all runtimes that are served to one process. */
  readonly loaded: LoadedBytes;
}

/** The bytes of one process's loaded components. */
export interface LoadedBytes {
  bytes: number;
}

/** Maximum number of bytes of one process's loaded components. */
const LOADED_BYTES = 256 * 1024 * 1024;
const UNITS_PER_SECOND = 1e9;

export function serveRuntime(powers: RuntimePowers): RuntimeServer {
  const { loaded } = powers;
  return {
    load(wasm) {
      if (loaded.bytes + wasm.length > LOADED_BYTES) {
        const state = `the loaded ones have ${loaded.bytes} bytes of ${LOADED_BYTES}`;
        throw new Exception("overloaded", `Cannot load component: ${state}; release one first`);
      }
      const component = wasm.slice();
      loaded.bytes += component.length;
      return {
        executor: {
          ...serveLoaded(component, powers),
          [Symbol.dispose]: () => void (loaded.bytes -= component.length),
        },
      };
    },
    shutdown: () => powers.shutdown(),
  };
}

function serveLoaded(
  component: Uint8Array,
  { spawner, from, toCid }: RuntimePowers,
): ExecutorServer {
  return {
    async spawn(args, env, caps, fuelPolicy, context) {
      const { signal } = context;
      const limits = toLimits(fuelPolicy);
      const process = await spawner.spawn(
        {
          program: { type: "bytes", component },
          args,
          env: withMode(toVariables(env)),
          limits,
          isFueled: limits.cpuSeconds !== undefined,
          from: from.of(context),
          grants: takeExports(caps),
        },
        { signal },
      );
      return { process: serveProcess(process) };
    },
    cid: async () => ({ cid: toCid(await sha256(component)) }),
  };
}

type Variables = ReturnType<typeof toVariables>;

/** A process speaks RPC by default; a caller that wants another mode sets the variable. */
function withMode(env: Variables): Variables {
  return env.some(([name]) => name === "WW_CELL_MODE") ? env : [...env, ["WW_CELL_MODE", "vat"]];
}

function toLimits(policy: FuelPolicy): SpawnLimits {
  if (policy.which === "scheduled") return {};
  if (policy.which !== "oneshot") {
    throw new Exception("unimplemented", "Cannot start process: its fuel policy is unknown");
  }
  const cpuSeconds = Number(policy.oneshot.totalBudget) / UNITS_PER_SECOND;
  return { cpuSeconds };
}
