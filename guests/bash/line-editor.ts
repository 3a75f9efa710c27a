/** One line as it is typed at a raw terminal: keys in, what the terminal shall show out. Knows no terminal. */
import { widthOf } from "./letter-width.ts";

export interface Completion {
  /** What the word before the cursor becomes. */
  readonly word: string;
  /** From where in the line that word begins. */
  readonly from: number;
  /** All that it could be, if there is more than one. */
  readonly choices: readonly string[];
}

export interface EditorOptions {
  readonly prompt: string;
  readonly history: readonly string[];
  columns(): number;
  complete(line: string, cursor: number): Completion | undefined;
}

/** What a key did: the line goes on, or has come to one of its ends. */
export type Outcome =
  | { readonly type: "more" }
  | { readonly type: "line"; readonly line: string }
  | { readonly type: "cancelled" }
  | { readonly type: "end" };

const MORE: Outcome = { type: "more" };

export class LineEditor {
  readonly #options: EditorOptions;
  #letters: string[] = [];
  #cursor = 0;
  #shown = "";
  /** On which row below the prompt's first one the cursor stands. */
  #row = 0;
  #past: number;
  #draft = "";
  #killed = "";
  #search: string | undefined;
  #tabs = 0;

  constructor(options: EditorOptions) {
    this.#options = options;
    this.#past = options.history.length;
    this.draw();
  }

  /** What is to be written to the terminal since the last time. */
  take(): string {
    const text = this.#shown;
    this.#shown = "";
    return text;
  }

  /** A key: one letter, or a whole escape sequence. */
  press(key: string): Outcome {
    if (this.#search !== undefined && this.#pressInSearch(key)) return MORE;
    if (key !== "\t") this.#tabs = 0;
    switch (key) {
      case "\r":
      case "\n":
        return this.#finish();
      case "\x03":
        this.#toEnd();
        this.#shown += "^C\r\n";
        return { type: "cancelled" };
      case "\x04":
        if (this.#letters.length === 0) {
          this.#shown += "\r\n";
          return { type: "end" };
        }
        this.#remove(this.#cursor, this.#cursor + 1);
        break;
      case "\t":
        this.#completeWord();
        break;
      case "\x7f":
      case "\b":
        this.#remove(this.#cursor - 1, this.#cursor);
        break;
      case "\x12":
        this.#search = "";
        break;
      case "\x0c":
        this.#shown += "\x1b[H\x1b[2J";
        this.#row = 0;
        break;
      default:
        if (this.#append(key)) return MORE;
        this.#edit(key);
    }
    this.draw();
    return MORE;
  }

  /** A letter at the end that stays in its row needs no more than itself. */
  #append(key: string): boolean {
    if (/^\p{Cc}/u.test(key) || this.#cursor < this.#letters.length) return false;
    const before = widthOf(this.#options.prompt) + widthOf(this.#letters.join(""));
    const columns = Math.max(1, this.#options.columns());
    if ((before % columns) + widthOf(key) >= columns) return false;
    this.#insert(key);
    this.#shown += key;
    return true;
  }

  #edit(key: string): void {
    const end = this.#letters.length;
    switch (key) {
      case "\x1b[D":
      case "\x02":
        this.#cursor = Math.max(0, this.#cursor - 1);
        return;
      case "\x1b[C":
      case "\x06":
        this.#cursor = Math.min(end, this.#cursor + 1);
        return;
      case "\x1b[H":
      case "\x1bOH":
      case "\x1b[1~":
      case "\x01":
        this.#cursor = 0;
        return;
      case "\x1b[F":
      case "\x1bOF":
      case "\x1b[4~":
      case "\x05":
        this.#cursor = end;
        return;
      case "\x1b[3~":
        return this.#remove(this.#cursor, this.#cursor + 1);
      case "\x1b[A":
      case "\x1bOA":
      case "\x10":
        return this.#recall(this.#past - 1);
      case "\x1b[B":
      case "\x1bOB":
      case "\x0e":
        return this.#recall(this.#past + 1);
      case "\x15":
        return this.#remove(0, this.#cursor, true);
      case "\x0b":
        return this.#remove(this.#cursor, end, true);
      case "\x17":
      case "\x1b\x7f":
        return this.#remove(this.#wordBefore(), this.#cursor, true);
      case "\x1bd":
        return this.#remove(this.#cursor, this.#wordAfter(), true);
      case "\x19":
        return this.#insert(this.#killed);
      case "\x1bb":
      case "\x1b[1;5D":
        this.#cursor = this.#wordBefore();
        return;
      case "\x1bf":
      case "\x1b[1;5C":
        this.#cursor = this.#wordAfter();
        return;
      default:
        if (!/^\p{Cc}/u.test(key)) this.#insert(key);
    }
  }

  #insert(text: string): void {
    const letters = Array.from(text);
    this.#letters.splice(this.#cursor, 0, ...letters);
    this.#cursor += letters.length;
  }

  #remove(from: number, to: number, keeps = false): void {
    const start = Math.max(0, from);
    const removed = this.#letters.splice(start, Math.max(0, to - start));
    if (keeps) this.#killed = removed.join("");
    this.#cursor = Math.min(start, this.#letters.length);
  }

  #wordBefore(): number {
    let at = this.#cursor;
    while (at > 0 && this.#letters[at - 1] === " ") at--;
    while (at > 0 && this.#letters[at - 1] !== " ") at--;
    return at;
  }

  #wordAfter(): number {
    let at = this.#cursor;
    while (at < this.#letters.length && this.#letters[at] === " ") at++;
    while (at < this.#letters.length && this.#letters[at] !== " ") at++;
    return at;
  }

  #recall(place: number): void {
    const { history } = this.#options;
    if (place < 0 || place > history.length) return;
    if (this.#past === history.length) this.#draft = this.#letters.join("");
    this.#past = place;
    this.#letters = Array.from(place === history.length ? this.#draft : (history[place] ?? ""));
    this.#cursor = this.#letters.length;
  }

  /** @returns whether the key belongs to the search; others end it */
  #pressInSearch(key: string): boolean {
    const search = this.#search ?? "";
    if (key === "\x12") this.#find(search, this.#past - 1);
    else if (key === "\x7f" || key === "\b") this.#search = search.slice(0, -1);
    else if (key === "\x07") {
      this.#search = undefined;
      this.#letters = [];
      this.#cursor = 0;
    } else if (/^\p{Cc}/u.test(key)) {
      this.#search = undefined;
      this.draw();
      return false;
    } else {
      this.#search = search + key;
      this.#find(this.#search, this.#options.history.length - 1);
    }
    this.draw();
    return true;
  }

  #find(text: string, from: number): void {
    const { history } = this.#options;
    for (let at = Math.min(from, history.length - 1); at >= 0; at--) {
      const line = history[at] ?? "";
      if (!line.includes(text)) continue;
      this.#past = at;
      this.#letters = Array.from(line);
      this.#cursor = this.#letters.length;
      return;
    }
  }

  #completeWord(): void {
    const line = this.#letters.join("");
    const before = this.#letters.slice(0, this.#cursor).join("");
    const found = this.#options.complete(line, before.length);
    if (found === undefined) return;
    const start = Array.from(line.slice(0, found.from)).length;
    const old = this.#letters.slice(start, this.#cursor).join("");
    if (old !== found.word) {
      this.#remove(start, this.#cursor);
      this.#insert(found.word);
      return;
    }
    if (found.choices.length < 2 || ++this.#tabs < 2) return;
    this.#toEnd();
    this.#shown += `\r\n${toColumns(found.choices, this.#options.columns())}`;
    this.#row = 0;
  }

  #finish(): Outcome {
    this.#toEnd();
    this.#shown += "\r\n";
    return { type: "line", line: this.#letters.join("") };
  }

  #toEnd(): void {
    this.#cursor = this.#letters.length;
    this.#search = undefined;
    this.draw();
  }

  /** The whole line anew; the terminal may have another width now. */
  draw(): void {
    const columns = Math.max(1, this.#options.columns());
    const text = this.#letters.join("");
    const prompt =
      this.#search === undefined ? this.#options.prompt : `(reverse-i-search)\`${this.#search}': `;
    const before = widthOf(prompt) + widthOf(this.#letters.slice(0, this.#cursor).join(""));
    const all = widthOf(prompt) + widthOf(text);
    const up = this.#row > 0 ? `\x1b[${this.#row}A` : "";
    // At the end of a row the cursor stays where it is until something follows.
    const fill = all > 0 && all % columns === 0 ? " \r" : "";
    this.#row = Math.floor(before / columns);
    const back = Math.floor(all / columns) - this.#row;
    const column = before % columns > 0 ? `\x1b[${before % columns}C` : "";
    const isThere = before === all && fill === "";
    const place = isThere ? "" : `${back > 0 ? `\x1b[${back}A` : ""}\r${column}`;
    this.#shown += `${up}\r\x1b[J${prompt}${text}${fill}${place}`;
  }
}

function toColumns(choices: readonly string[], columns: number): string {
  const width = Math.max(...choices.map(widthOf)) + 2;
  const perRow = Math.max(1, Math.floor(columns / width));
  let text = "";
  choices.forEach((choice, at) => {
    const isLast = at % perRow === perRow - 1 || at === choices.length - 1;
    text += isLast ? `${choice}\r\n` : choice + " ".repeat(width - widthOf(choice));
  });
  return text;
}
