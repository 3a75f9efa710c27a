/** What the worker of a cell is started from: one script, since a second one would have to be asked for. */

/**
 * The address of a script that serves one cell with this glue, for workers that the caller starts.
 *
 * Such a worker has the caller's content security policy. The address is never revoked: some worker may be on its way to
 * it, and the text is small.
 *
 * @param script declares `script`, whose `start` takes what the glue exports; seals the scope before there is glue
 */
export function toWorkerAddress(script: string, glue: string): string {
  const parts = [script, "\n", glue, "\nscript.start(instantiate);\n"];
  return URL.createObjectURL(new Blob(parts, { type: "text/javascript" }));
}
