/** Modules from text, for other workers of the same origin. */

/**
 * Where a module with this text is imported from, by any worker, for as long as this one lives.
 *
 * Never revoked: some worker may be on its way to it, and the text is small.
 */
export function toModuleAddress(text: string): string {
  return URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
}
