/**
 * The rooms' log for an operator: a logger is passed in at a door, and the default discards everything.
 *
 * Neither a secret nor a byte of a guest stands in it; names, sizes, counts and reasons do.
 */

/** The most important first. `debug` may come once for each call, `info` once for each run or connection. */
const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Never throws, and keeps nothing that it was given. */
export interface Logger {
  /**
   * @param room the name of the room that speaks
   * @param message a few words, the same each time that the same has happened
   * @param fields what differs
   */
  log(level: LogLevel, room: string, message: string, fields?: LogFields): void;
}

export const SILENT: Logger = { log: () => undefined };

/** A logger that writes a line for each entry of a level, or a more important one. @param write given the line */
export function createLineLogger(least: LogLevel, write: (line: string) => void): Logger {
  const last = LOG_LEVELS.indexOf(least);
  return {
    log(level, room, message, fields = {}) {
      if (LOG_LEVELS.indexOf(level) > last) return;
      const told = Object.entries(fields)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => ` ${name}=${JSON.stringify(value)}`);
      write(`${level} ${room}: ${message}${told.join("")}`);
    },
  };
}

/** The same as lines of JSON, for programs. @param now the time, as in ISO 8601 */
export function createJsonLogger(
  least: LogLevel,
  write: (line: string) => void,
  now: () => string,
): Logger {
  const last = LOG_LEVELS.indexOf(least);
  return {
    log(level, room, message, fields = {}) {
      if (LOG_LEVELS.indexOf(level) > last) return;
      write(JSON.stringify({ ...fields, time: now(), level, room, message }));
    },
  };
}

/** A level by its name; `undefined` for any other text. */
export function parseLogLevel(text: string | null): LogLevel | undefined {
  return LOG_LEVELS.find((level) => level === text);
}
