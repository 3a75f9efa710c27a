/** A model of authority: entries of an account, and the grants that processes hold through them. */

export type Method = "list" | "read" | "write";

/** How the owner, or a process that passes a folder on, narrows it. */
export interface Rule {
  /** Allowed methods; all by default. */
  readonly methods?: readonly Method[];
  /** Most bytes that a read may ask for. */
  readonly readBytes?: number;
  readonly calls?: number;
}

/** A rule, and the calls that it still allows. */
export interface Budget {
  readonly rule: Rule;
  left: number;
}

/** An entry of the account. */
export interface Entry {
  readonly id: number;
  readonly pid: number;
  /** The title that a revocation reports. */
  readonly title: string;
  readonly parent: Entry | undefined;
  /** Entry of the launcher by which the process was started; this entry ends with it. */
  readonly launcher: Entry | undefined;
  isRevoked: boolean;
  /** Whether it is a session's entry, and the session's epoch has passed. */
  isStale: boolean;
}

export interface Party {
  isAlive: boolean;
}

/** A grant that a process holds. */
export interface Grant {
  readonly entry: Entry;
  /** The owner's budget, if no process has narrowed the grant. */
  readonly budget: Budget | undefined;
  /** Set if a process has narrowed the grant, so that calls pass through that process's vat. */
  readonly inner:
    | { readonly party: Party; readonly budget: Budget; readonly grant: Grant }
    | undefined;
  /** Whether it was already dead when it was passed on. */
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

/** Whether every party on the path of a call is alive. */
export function isReachable(grant: Grant): boolean {
  const { inner } = grant;
  if (!isAlive(grant)) return false;
  return inner === undefined || (inner.party.isAlive && isReachable(inner.grant));
}

/** Whether a call arrives. The holder's rules come first, and each rule counts the calls that it lets pass. */
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

/** Revokes the matching entries and everything granted through them. @returns the entries that were not revoked before */
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
