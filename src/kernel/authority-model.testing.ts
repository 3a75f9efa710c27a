/** What processes may call, as a model of grants: entries of an account, and what processes hold by them. */

export type Method = "list" | "read" | "write";

/** What narrows a folder: by its owner, or by a process that hands it on. */
export interface Rule {
  /** All others are refused; all by default. */
  readonly methods?: readonly Method[];
  /** How many bytes a read may ask for. */
  readonly readBytes?: number;
  readonly calls?: number;
}

/** A rule with what is left of it. */
export interface Budget {
  readonly rule: Rule;
  left: number;
}

/** An entry of the account. */
export interface Entry {
  readonly id: number;
  readonly pid: number;
  /** As a revocation tells it. */
  readonly title: string;
  readonly parent: Entry | undefined;
  /** That of the launcher by which its process was started, whose end it shares. */
  readonly launcher: Entry | undefined;
  isRevoked: boolean;
  /** Of a session whose epoch has passed. */
  isStale: boolean;
}

export interface Party {
  isAlive: boolean;
}

/** What a process holds. */
export interface Grant {
  readonly entry: Entry;
  /** The owner's, where nobody else has narrowed it. */
  readonly budget: Budget | undefined;
  /** Where a process has narrowed it: calls pass its vat. */
  readonly inner:
    | { readonly party: Party; readonly budget: Budget; readonly grant: Grant }
    | undefined;
  /** It was dead when it was handed on. */
  readonly isDead: boolean;
}

export function toBudget(rule: Rule): Budget {
  return { rule, left: rule.calls ?? Infinity };
}

export function isAlive({ entry, isDead }: Grant): boolean {
  return !isDead && isGood(entry);
}

function isGood(entry: Entry | undefined): boolean {
  if (entry === undefined) return true;
  const { isRevoked, isStale, parent, launcher } = entry;
  return !isRevoked && !isStale && isGood(parent) && isGood(launcher);
}

/** Whether nothing on a call's way has ended. */
export function isReachable(grant: Grant): boolean {
  const { inner } = grant;
  if (!isAlive(grant)) return false;
  return inner === undefined || (inner.party.isAlive && isReachable(inner.grant));
}

/** Whether a call arrives; the holder's rules are asked first, and each counts what it has let pass. */
export function charge(grant: Grant, method: Method, bytes: number): boolean {
  const { inner, budget } = grant;
  if (!isAlive(grant)) return false;
  if (inner === undefined) return budget === undefined || take(budget, method, bytes);
  if (!inner.party.isAlive || !take(inner.budget, method, bytes)) return false;
  return charge(inner.grant, method, bytes);
}

function take(budget: Budget, method: Method, bytes: number): boolean {
  const { methods, readBytes = Infinity } = budget.rule;
  if (methods?.includes(method) === false || budget.left < 1) return false;
  if (method === "read" && bytes > readBytes) return false;
  budget.left--;
  return true;
}

/** Revokes those entries with all that was granted through them. @returns which were not yet */
export function revokeAll(
  all: readonly Entry[],
  from: (entry: Entry) => boolean,
): readonly Entry[] {
  const descends = (entry: Entry | undefined): boolean =>
    entry !== undefined && (from(entry) || descends(entry.parent));
  const dying = all.filter((entry) => !entry.isRevoked && descends(entry));
  for (const entry of dying) entry.isRevoked = true;
  return dying;
}
