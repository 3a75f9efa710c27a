/** The capabilities of whoever started the cell. */
import { connect, createStreamTransport, type Connection } from "#rpc";
import type { Client } from "#capnp";
import type { Cell } from "./cell.ts";

/**
 * A connection to the cell's host; its bootstrap capability is what the cell was given.
 *
 * Once in a cell's life. The caller disposes it.
 *
 * @param bootstrap what the cell serves to those who start it; lent
 */
export function connectHost(cell: Cell, bootstrap?: Client): Connection {
  const transport = createStreamTransport(cell.openConnection());
  return connect(transport, bootstrap && { bootstrap });
}
