/** Settings that apply to all requests until `/init` changes them. */
import type { AgentOptions } from "./powers.ts";

export interface Settings {
  readonly users: Set<string>;
  readonly path: string;
  readonly cpuCount: number;
  defaultUser: string;
  /** Empty: the user's home. */
  defaultWorkdir: string;
  /** Variables of every process; those of its own request override them. */
  env: ReadonlyMap<string, string>;
  accessToken: string | undefined;
  /** The timestamp of the last `/init` that was applied, in milliseconds since 1970. */
  setMs: number;
}

/** The default of the agents that SDKs were made for. */
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export function createSettings(options: AgentOptions): Settings {
  const { users = ["user", "root"], path = PATH, cpuCount = 1, accessToken, env = {} } = options;
  return {
    users: new Set(users),
    path,
    cpuCount,
    defaultUser: users[0] ?? "root",
    defaultWorkdir: "",
    env: withSandbox(env),
    accessToken,
    setMs: -Infinity,
  };
}

/** Adds the variable by which programs learn that they run in a sandbox. */
export function withSandbox(env: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map([["E2B_SANDBOX", "true"], ...Object.entries(env)]);
}
