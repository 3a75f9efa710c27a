/** Our own messages on a terminal: names and reasons in them come from files, gateways and guests. */

/** All that a terminal obeys, and what turns the order of letters round. */
const CONTROLS =
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The same with what is no text written out, as `\u001b`; lines and tabs stay. */
export function toPrintable(text: string): string {
  return text.replaceAll(
    CONTROLS,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
