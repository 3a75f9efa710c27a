/**
 * Agent: what programs written for sandboxes in data centres drive.
 *
 * Serves processes and files of one `Sandbox` over HTTP: Connect, gRPC-web, and plain requests for what files contain. Knows
 * neither where requests come from nor what stands behind the sandbox; a door hands it requests, wherever a client of
 * `Sandbox` can be held.
 *
 *     using agent = await openAgent(sandbox, { now, startTimer, randomBytes });
 *     const response = await agent.fetch(new Request("http://localhost:49983/health"));
 *
 * @module
 */
export { openAgent } from "./agent.ts";
export type { Agent } from "./agent.ts";
export { BOUNDS } from "./bounds.ts";
export type { AgentOptions, AgentPowers } from "./powers.ts";
