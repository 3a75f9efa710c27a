/** Character widths as in xterm.js, which follows Unicode 6 and does not export them. */

/** Wide East Asian characters. Emoji are newer than Unicode 6 and have one cell. */
const WIDE =
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3040-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{2fffd}\u{30000}-\u{3fffd}]/u;
/** Characters that combine with the previous one. */
const OVERLAID = /[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]/u;

export function widthOf(text: string): number {
  let width = 0;
  for (const char of text) {
    if (OVERLAID.test(char) && char !== "\u00ad") continue;
    width += WIDE.test(char) ? 2 : 1;
  }
  return width;
}
