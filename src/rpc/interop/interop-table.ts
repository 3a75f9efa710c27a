/** The table of what works with other implementations, as Markdown. */

/** Which side serves and which calls. */
const COLUMNS = [
  "C++ serves us",
  "C++ calls us",
  "C++ between two of ours",
  "ours between two of C++",
  "Rust serves us",
  "Rust calls us",
] as const;
export type Column = (typeof COLUMNS)[number];

/** Something that a library cannot do, and what that means for the check. */
export interface Lack {
  readonly column: Column;
  readonly check: string;
  readonly reason: string;
  /** `out`: the check is not made; `in part`: it passes except for what the reason names. */
  readonly leaves: "out" | "in part";
}

/** One row for each check; `seen` has `column: check` for those that passed. */
export function toTable(
  checks: readonly string[],
  seen: ReadonlySet<string>,
  lacks: readonly Lack[],
): string {
  const reasons = [...new Set(lacks.map(({ reason }) => reason))];
  const rows = checks.map((check) => [check, ...COLUMNS.map((column) => toCell(column, check))]);
  const notes = reasons.map((reason, at) => `[^${at + 1}]: ${reason}`);
  return [...toRows([["", ...COLUMNS], ...rows]), "", notes.join("\n\n")].join("\n");

  function toCell(column: Column, check: string): string {
    const lack = lacks.find((known) => known.column === column && known.check === check);
    const note = lack === undefined ? "" : `[^${reasons.indexOf(lack.reason) + 1}]`;
    if (lack?.leaves === "out") return `left out${note}`;
    return seen.has(`${column}: ${check}`) ? `passes${note}` : "fails";
  }
}

/** Table rows, padded as the formatter pads them. */
function toRows(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const toLine = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths?.[at] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = rows;
  return [
    toLine(head),
    toLine(head.map((_, at) => "-".repeat(widths?.[at] ?? 3))),
    ...body.map(toLine),
  ];
}
