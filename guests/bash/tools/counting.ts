/** `seq` and `yes`. */
import type { Builtin } from "../shell.ts";
import { toBytes } from "../text.ts";

const PIECE_LETTERS = 16 * 1024;

export const yes: Builtin = async (shell, args) => {
  const line = `${args.length === 0 ? "y" : args.join(" ")}\n`;
  const piece = toBytes(line.repeat(Math.max(1, Math.floor(PIECE_LETTERS / line.length))));
  for (;;) {
    await shell.file(1).write(piece, { signal: shell.signal });
    await shell.step();
  }
};

export const seq: Builtin = async (shell, args) => {
  let separator = "\n";
  let pads = false;
  let format: string | undefined;
  const numbers: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (arg === "-w") pads = true;
    else if (arg === "-s") separator = args[++at] ?? "";
    else if (arg === "-f") format = args[++at];
    else if (arg.startsWith("-s")) separator = arg.slice(2);
    else if (arg !== "--") numbers.push(arg);
  }
  const bad = numbers.find((text) => text.trim() === "" || Number.isNaN(Number(text)));
  if (bad !== undefined || numbers.length === 0 || numbers.length > 3) {
    await shell.warn(
      bad === undefined
        ? "seq: missing operand\n"
        : `seq: invalid floating point argument: '${bad}'\n`,
    );
    return 1;
  }
  const [first, by, last] =
    numbers.length === 1
      ? ["1", "1", numbers[0]]
      : numbers.length === 2
        ? [numbers[0], "1", numbers[1]]
        : numbers;
  const step = Number(by);
  if (step === 0) {
    await shell.warn("seq: invalid Zero increment value: '0'\n");
    return 1;
  }
  const places = Math.max(placesOf(first), placesOf(by));
  const from = Number(first);
  const to = Number(last);
  const count = Math.floor((to - from) / step + 1e-10) + 1;
  const text = (at: number): string => (from + at * step).toFixed(places);
  const width = pads ? Math.max(text(0).length, text(Math.max(0, count - 1)).length) : 0;
  let piece = "";
  for (let at = 0; at < count; at++) {
    const plain = text(at);
    const padded = plain.startsWith("-")
      ? `-${plain.slice(1).padStart(width - 1, "0")}`
      : plain.padStart(width, "0");
    piece +=
      (format === undefined ? padded : format.replace(/%[-+0 #]*\d*(\.\d+)?[efg]/, padded)) +
      (at < count - 1 ? separator : "\n");
    if (piece.length < PIECE_LETTERS) continue;
    await shell.print(piece);
    await shell.step();
    piece = "";
  }
  await shell.print(piece);
  return 0;
};

function placesOf(text: string | undefined): number {
  return /\.(\d+)/.exec(text ?? "")?.[1]?.length ?? 0;
}
