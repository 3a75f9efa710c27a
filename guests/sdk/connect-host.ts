/** The capabilities of whoever started the cell. */
import { connect, createStreamTransport, type Connection } from "#rpc";
import type { Cell } from "./cell.ts";

/**
 * A connection to the cell's host; its bootstrap capability is what the cell was given.
 *
 * Once in a cell's life. The caller disposes it.
 */
export function connectHost(cell: Cell): Connection {
  return connect(createStreamTransport(cell.openConnection()));
}
