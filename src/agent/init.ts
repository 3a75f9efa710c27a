/** `POST /init`: sets what applies to all later requests. */
import { readSmallBody } from "./bodies.ts";
import { HttpError } from "./errors.ts";
import { parseDate } from "./http-date.ts";
import type { HttpHandler } from "./http-parts.ts";
import { parseFields, readText, readTextMap } from "./json.ts";
import type { Fields } from "./json.ts";
import { withSandbox } from "./settings.ts";
import type { Settings } from "./settings.ts";
import { equalSecrets } from "./token.ts";

/** The version of the agent that this one imitates. */
const VERSION = "0.6.13";

export const init: HttpHandler = async (request, _, { signal }, { settings, powers }) => {
  const fields = parseFields(await readSmallBody(request, signal, powers));
  const token = readText(fields, "accessToken");
  await requireAuthority(request, token, settings);
  const setMs = readTimestamp(fields) ?? powers.now();
  if (setMs > settings.setMs) obey(fields, token, settings, setMs);
  return new Response(null, {
    status: 204,
    headers: { "cache-control": "no-store", "x-envd-version": VERSION },
  });
};

/** Anybody may set the first token; only a client that knows the current one may set another. */
async function requireAuthority(
  request: Request,
  token: string | undefined,
  { accessToken }: Settings,
): Promise<void> {
  if (accessToken === undefined) return;
  for (const known of [token, request.headers.get("x-access-token") ?? undefined]) {
    if (known !== undefined && (await equalSecrets(known, accessToken))) return;
  }
  throw new HttpError(401, "access token validation failed");
}

function obey(fields: Fields, token: string | undefined, settings: Settings, setMs: number): void {
  const env = readTextMap(fields, "envVars");
  const user = readText(fields, "defaultUser") ?? "";
  const workdir = readText(fields, "defaultWorkdir") ?? "";
  const mounts = fields.volumeMounts ?? [];
  if (!Array.isArray(mounts) || mounts.length > 0) {
    throw new HttpError(400, "this sandbox mounts no volumes");
  }
  if (user !== "" && !/^[a-z_][a-z0-9_-]{0,31}$/i.test(user)) {
    throw new HttpError(400, `invalid username: ${JSON.stringify(user.slice(0, 64))}`);
  }
  settings.setMs = setMs;
  settings.accessToken = token === "" ? undefined : token;
  if (env !== undefined) settings.env = withSandbox(env);
  if (user !== "") {
    settings.users.add(user);
    settings.defaultUser = user;
  }
  if (workdir !== "") settings.defaultWorkdir = workdir;
}

function readTimestamp(fields: Fields): number | undefined {
  const text = readText(fields, "timestamp");
  if (text === undefined) return undefined;
  const ms = parseDate(text);
  if (ms === undefined) throw new HttpError(400, "timestamp is not a date");
  return ms;
}
