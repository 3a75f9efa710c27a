/** What holds for all requests until `/init` says otherwise. */
import type { AgentOptions } from "./powers.ts";

export interface Settings {
  readonly users: Set<string>;
  readonly path: string;
  readonly cpuCount: number;
  defaultUser: string;
  /** Empty for the user's home. */
  defaultWorkdir: string;
  /** Of every process, before what its own request says. */
  env: ReadonlyMap<string, string>;
  accessToken: string | undefined;
  /** When `/init` was last obeyed, in milliseconds since 1970. */
  setMs: number;
}

/** As the SDKs' own agents have it. */
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

/** Programs tell by this variable where they are. */
export function withSandbox(env: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map([["E2B_SANDBOX", "true"], ...Object.entries(env)]);
}
