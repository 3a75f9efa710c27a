/** Brace expansion: one word becomes many. */
import type { Part, PartOf, Word } from "./ast.ts";
import { Failure } from "./flow.ts";

const LIMIT = 1_000_000;

/** The words it stands for, in order; itself if it has no braces. */
export function expandBraces(word: Word): Word[] {
  const { parts } = word;
  if (!parts.some(({ type }) => type === "BraceExpansion")) return [word];
  let all: Part[][] = [[]];
  for (const part of parts) {
    const choices =
      part.type === "BraceExpansion" ? part.items.flatMap(expandItem) : [[part] as Part[]];
    if (all.length * choices.length > LIMIT) throw new Failure("brace expansion is too large");
    all = all.flatMap((before) => choices.map((choice) => [...before, ...choice]));
  }
  return all.map((made) => ({ ...word, parts: made }));
}

function expandItem(item: PartOf<"BraceExpansion">["items"][number]): Part[][] {
  if (item.type === "Word") return expandBraces(item.word).map(({ parts }) => parts);
  return expandRange(item).map((value) => [{ type: "Literal", value }]);
}

interface Range {
  readonly start: string | number;
  readonly end: string | number;
  readonly step?: number;
  readonly startStr?: string;
  readonly endStr?: string;
}

function expandRange({ start, end, step = 1, startStr, endStr }: Range): string[] {
  const isLetters = typeof start === "string" || typeof end === "string";
  const from = typeof start === "string" ? start.charCodeAt(0) : start;
  const to = typeof end === "string" ? end.charCodeAt(0) : end;
  const by = Math.max(1, Math.abs(step));
  const count = Math.floor(Math.abs(to - from) / by) + 1;
  if (count > LIMIT) throw new Failure("brace expansion is too large");
  const texts = [startStr ?? `${start}`, endStr ?? `${end}`];
  const isPadded = texts.some((text) => /^-?0\d/.test(text));
  const width = isPadded ? Math.max(...texts.map((text) => text.length)) : 0;
  return Array.from({ length: count }, (_, index) => {
    const value = from + (to >= from ? index : -index) * by;
    if (isLetters) return String.fromCharCode(value);
    const digits = `${Math.abs(value)}`.padStart(value < 0 ? width - 1 : width, "0");
    return value < 0 ? `-${digits}` : digits;
  });
}
