/** The handlers of one run, which serve HTTP below prefixes of paths. */
import { Exception, isHttpPath } from "#base";
import type { HttpHandler } from "#schema";

export interface HttpHandlers {
  /** The prefixes in alphabetical order. */
  readonly prefixes: readonly string[];
  /**
   * Serves the prefix until the result is disposed.
   *
   * @param handler ownership is taken over, also when this throws
   * @throws {Exception} `failed` when the prefix is malformed, or is served already
   */
  serve(prefix: string, handler: HttpHandler): Disposable;
  /** The handler of a prefix, borrowed. */
  get(prefix: string): HttpHandler | undefined;
  /** The handler with the longest prefix of a path, borrowed. */
  find(path: string): HttpHandler | undefined;
}

const LENGTH = 200;
const LIMIT = 64;

export function createHttpHandlers(): HttpHandlers {
  const served = new Map<string, HttpHandler>();
  return {
    get prefixes() {
      return [...served.keys()].toSorted();
    },
    serve(prefix, handler) {
      using stack = new DisposableStack();
      stack.use(handler);
      requirePrefix(prefix);
      if (served.has(prefix)) fail(prefix, "it is served already");
      if (served.size >= LIMIT) fail(prefix, `${LIMIT} prefixes are served already`);
      served.set(prefix, handler);
      const owned = stack.move();
      return {
        [Symbol.dispose]() {
          if (served.get(prefix) === handler) served.delete(prefix);
          owned.dispose();
        },
      };
    },
    get: (prefix) => served.get(prefix),
    find(path) {
      const [plain = ""] = path.split("?");
      const found = [...served.keys()]
        .filter((prefix) => isBelow(plain, prefix))
        .reduce((longest, prefix) => (prefix.length > longest.length ? prefix : longest), "");
      return served.get(found);
    },
  };
}

function isBelow(path: string, prefix: string): boolean {
  return prefix === "/" || path === prefix || path.startsWith(`${prefix}/`);
}

function requirePrefix(prefix: string): void {
  const isPrefix =
    isHttpPath(prefix) &&
    prefix.length <= LENGTH &&
    !/[?#%]|\/\//.test(prefix) &&
    (prefix === "/" || !prefix.endsWith("/"));
  if (!isPrefix) fail(prefix, "a prefix is a plain path, such as /api");
}

function fail(prefix: string, state: string): never {
  throw new Exception("failed", `Cannot serve "${prefix.slice(0, LENGTH)}": ${state}`);
}
