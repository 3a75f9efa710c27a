/** Entry of the worker of a cell. */
import { holdScope, serveCell } from "#cell";

serveCell(holdScope(globalThis));
