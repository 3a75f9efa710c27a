/** Where SDKs look for the agent of a sandbox. */
export const AGENT_PORT = 49_983;
