/** The arguments of every handler of the agent's plain HTTP. */
import type { Files, Sandbox } from "#schema";
import type { Exchange } from "./bodies.ts";
import { HttpError, toHttpError, toRefusedError } from "./errors.ts";
import type { FileRefusal } from "#schema";
import type { AgentPowers } from "./powers.ts";
import type { Settings } from "./settings.ts";

export interface HttpParts {
  readonly sandbox: Sandbox;
  readonly files: Files;
  readonly settings: Settings;
  readonly powers: AgentPowers;
}

/** Returns the answer. A handler whose answer streams a body must end the exchange when the body ends. */
export type HttpHandler = (
  request: Request,
  url: URL,
  exchange: Exchange,
  parts: HttpParts,
) => Promise<Response>;

/** @throws {HttpError} if there is a refusal. */
export function requireAllowed(doing: string, refusal: FileRefusal): void {
  if (refusal === "none") return;
  const error = toRefusedError(doing, refusal);
  if (FULL.includes(refusal)) throw new HttpError(507, error.rawMessage);
  if (refusal === "fileTooLarge") throw new HttpError(413, error.rawMessage);
  throw toHttpError(error);
}

const FULL: readonly FileRefusal[] = ["insufficientSpace", "insufficientMemory"];
