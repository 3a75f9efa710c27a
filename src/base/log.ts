/**
 * The rooms' log for an operator: a logger is passed in at a door, and the default discards everything.
 *
 * Entries contain neither secrets nor bytes of guests, only names, sizes, counts and reasons.
 */

/** The most important first. `debug` may be logged for each call, `info` for each run or connection. */
const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Never throws, and keeps no reference to its arguments. */
export interface Logger {
  /**
   * @param room the room that logs
   * @param message a few words, always the same for the same kind of event
   * @param fields the details of this event
   */
  log(level: LogLevel, room: string, message: string, fields?: LogFields): void;
}

export const SILENT: Logger = { log: () => undefined };

/** A logger that writes one line for each entry of level `least` or a more important one. @param write gets the line */
export function createLineLogger(least: LogLevel, write: (line: string) => void): Logger {
  const last = LOG_LEVELS.indexOf(least);
  return {
    log(level, room, message, fields = {}) {
      if (LOG_LEVELS.indexOf(level) > last) return;
      const details = Object.entries(fields)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => ` ${name}=${JSON.stringify(value)}`);
      write(`${level} ${room}: ${message}${details.join("")}`);
    },
  };
}

/** The same, with lines of JSON for programs. @param now the time in ISO 8601 */
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
