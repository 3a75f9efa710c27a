/** The user of a request, the user's home, and the paths that are relative to it. */
import { Code, ConnectError } from "@connectrpc/connect";
import { BOUNDS } from "./bounds.ts";
import { invalid } from "./errors.ts";
import type { Settings } from "./settings.ts";

export interface User {
  readonly name: string;
  readonly home: string;
}

/** The user that an RPC's headers name. @throws {ConnectError} `unauthenticated` for an unknown user. */
export function readUser(headers: Headers, settings: Settings): User {
  const [scheme = "", credentials = ""] = (headers.get("authorization") ?? "").split(" ");
  if (scheme.toLowerCase() !== "basic") return findUser(undefined, settings);
  let pair: string;
  try {
    pair = atob(credentials);
  } catch {
    throw new ConnectError("invalid authorization header", Code.Unauthenticated);
  }
  const colon = pair.indexOf(":");
  return findUser(colon === -1 ? pair : pair.slice(0, colon), settings);
}

/** @throws {ConnectError} `unauthenticated` for an unknown user. */
export function findUser(name: string | undefined, settings: Settings): User {
  const found = name === undefined || name === "" ? settings.defaultUser : name;
  if (!settings.users.has(found)) {
    const shown = JSON.stringify(found.slice(0, 64));
    throw new ConnectError(`invalid username: ${shown}`, Code.Unauthenticated);
  }
  return { name: found, home: found === "root" ? "/root" : `/home/${found}` };
}

/** The absolute path, without `.` and `..`, that a user's path stands for. @throws {ConnectError} `invalid_argument` */
export function resolvePath(path: string, user: User, settings: Settings): string {
  if (path.length > BOUNDS.pathLength) {
    throw invalid(`path is longer than ${BOUNDS.pathLength} characters`);
  }
  if (path.includes("\0")) throw invalid("path contains a null byte");
  if (path === "") return homeOf(user, settings);
  if (path === "~" || path.startsWith("~/")) return cleanPath(user.home + path.slice(1));
  if (path.startsWith("~")) throw invalid("cannot expand user-specific home dir");
  return cleanPath(path.startsWith("/") ? path : `${user.home}/${path}`);
}

/** The directory for a request that names none. */
export function homeOf(user: User, { defaultWorkdir }: Settings): string {
  return defaultWorkdir === "" ? user.home : resolveWorkdir(defaultWorkdir, user);
}

function resolveWorkdir(path: string, { home }: User): string {
  if (path === "~" || path.startsWith("~/")) return cleanPath(home + path.slice(1));
  return cleanPath(path.startsWith("/") ? path : `${home}/${path}`);
}

/** Resolves `.` and `..` by name, without following links; `..` never leads above the root. */
function cleanPath(path: string): string {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return `/${names.join("/")}`;
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
