/** Makes our own messages safe for a terminal: names and reasons in them come from files, gateways and guests. */

/** The control characters that a terminal obeys, and those that change the direction of text. */
const CONTROLS =
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The same text with control characters written out, as `\u001b`; line ends and tabs stay. */
export function toPrintable(text: string): string {
  return text.replaceAll(
    CONTROLS,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
