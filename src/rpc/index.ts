/**
 * RPC: a two-party connection, level 1, over any transport.
 *
 * Knows messages and capabilities. Does not know what a capability is for, nor the identity of the peer.
 *
 *     using connection = connect(createPortTransport(port), { bootstrap: serve(Host, host) });
 *     using root = connection.bootstrap(Membrane(WetwareSession));
 *     using graft = root.graft(null); // a promise that can be pipelined on at once
 *     const { response } = await graft.session.extension.executor.echo("hello");
 *
 * @module
 */
export { connect } from "./connection.ts";
export type { Connection, ConnectionOptions, TableSizes } from "./connection.ts";
export { createBudget } from "./load.ts";
export type { Budget } from "./load.ts";
export type { ConnectionLimits } from "./limits.ts";
export { createMemoryTransports } from "./memory-transport.ts";
export { createPortTransport } from "./port-transport.ts";
export { createScheduler } from "./scheduler.ts";
export type { Scheduler } from "./scheduler.ts";
export { createStreamTransport } from "./stream-transport.ts";
export type { FrameReceiver, Transport } from "./transport.ts";
