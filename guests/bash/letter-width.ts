/** How wide texts are at a terminal. */

/** Letters of two columns, mostly. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
/** Colours and the like, and what `\[` and `\]` of a prompt enclose. */
// oxlint-disable-next-line no-control-regex -- these are what it is about
const INVISIBLE = /\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\p{M}|\p{Cc}/gu;

export function widthOf(text: string): number {
  let width = 0;
  for (const letter of text.replace(INVISIBLE, "")) width += WIDE.test(letter) ? 2 : 1;
  return width;
}
