/** Which tools do with each line the same, whatever came before: those work on what is there, and need not wait for its end. */

/** Options without an argument that keep it so. */
const PLAIN_OPTIONS: Readonly<Record<string, RegExp>> = {
  grep: /^-[EFGPivwxoaeh]+$|^--(color|colour)(=\w+)?$|^--line-buffered$/,
  egrep: /^-[ivwxoah]+$/,
  fgrep: /^-[ivwxoah]+$/,
  tr: /^-[dcC]+$/,
  cut: /^-[sbcdf].*$|^--(complement|output-delimiter=.*)$/,
  rev: /^$/,
  fold: /^-[sbw].*$/,
  expand: /^-[it].*$/,
  sed: /^-(u|E|r|n|e)$/,
};

/** How many operands are no files. */
const OPERANDS: Readonly<Record<string, number>> = { grep: 1, egrep: 1, fgrep: 1, tr: 2, sed: 1 };

export function runsByLines(name: string, args: readonly string[]): boolean {
  const plain = PLAIN_OPTIONS[name];
  if (plain === undefined) return false;
  const options = args.filter((arg) => /^-./.test(arg));
  if (!options.every((option) => plain.test(option))) return false;
  const operands = args.filter((arg) => !/^-./.test(arg));
  if (name === "cut") return operands.every((arg, at) => at < 2 && /^[-\d,]+$|^.$/.test(arg));
  const given = OPERANDS[name] ?? 0;
  if (operands.length !== given) return false;
  // A script that substitutes in each line knows nothing of others.
  return name !== "sed" || /^s(.)(?:(?!\1).)*\1(?:(?!\1).)*\1[gI]*$/.test(operands[0] ?? "");
}
