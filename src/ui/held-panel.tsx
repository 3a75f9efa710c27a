/** What the selected image holds, and what images have kept: listed, revoked, and saved as a log. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { AccountEntry } from "#schema";
import {
  describeKept,
  describeOrigin,
  describeSince,
  describeUse,
  GRANT_WORDS,
} from "./grant-words.ts";
import type { Granting, KeptGrant } from "./granting.ts";
import type { Session } from "./session.ts";

export interface HeldProps {
  readonly session: Session | undefined;
  readonly granting: () => Promise<Granting>;
  readonly saveFile: (name: string, text: string) => void;
  readonly nameImage: (path: string) => string;
}

/** Uses change nothing else, so they are read from time to time. */
const REFRESH_MS = 1000;

export function HeldPanel({ session, granting, saveFile, nameImage }: HeldProps): JSX.Element {
  return (
    <div class="panel">
      {session !== undefined && <HeldBy {...{ session, saveFile, nameImage }} />}
      <h2>{GRANT_WORDS.keptTitle}</h2>
      <Kept granting={granting} />
    </div>
  );
}

type HeldByProps = Pick<HeldProps, "saveFile" | "nameImage"> & { readonly session: Session };

function HeldBy({ session, saveFile, nameImage }: HeldByProps): JSX.Element {
  const { held } = session;
  const entries = held.entries.value;
  useEffect(() => {
    const refresh = (): void => void held.refresh().catch(() => undefined); // the run has ended
    refresh();
    const timer = setInterval(refresh, REFRESH_MS);
    return () => clearInterval(timer);
  }, [held]);
  const save = async (): Promise<void> => saveFile("grants.jsonl", await held.readLog());
  const list = (shown: readonly AccountEntry[]): JSX.Element => (
    <ul>
      {shown.map((entry) => (
        <HeldEntry
          key={entry.id}
          entry={entry}
          all={entries}
          nameImage={nameImage}
          revoke={() => void held.revoke(entry.id).catch(() => undefined)} // the run has ended
        />
      ))}
    </ul>
  );
  const basic = entries.filter((entry) => entry.basic);
  return (
    <>
      <h2>{GRANT_WORDS.heldTitle}</h2>
      {held.givenCount.value === 0 && <p>{GRANT_WORDS.nothingHeld}</p>}
      {list(entries.filter((entry) => !entry.basic))}
      {basic.length > 0 && (
        <>
          <h2>{GRANT_WORDS.basicTitle}</h2>
          <p class="quiet">{GRANT_WORDS.basicNote}</p>
          {list(basic)}
        </>
      )}
      <button type="button" onClick={() => void save()}>
        {GRANT_WORDS.saveLog}
      </button>
    </>
  );
}

function HeldEntry({
  entry,
  all,
  revoke,
  nameImage,
}: {
  readonly entry: AccountEntry;
  readonly all: readonly AccountEntry[];
  readonly revoke: () => void;
  readonly nameImage: HeldProps["nameImage"];
}): JSX.Element {
  const { label, name, holder, pid, restrictions, sinceMs } = entry;
  return (
    <li>
      <p class="what">
        <bdi>{label}</bdi> <span class="quiet">as</span> <bdi>{name}</bdi>
      </p>
      <p class="quiet">
        <bdi title={holder}>{nameImage(holder)}</bdi> (process {pid}), {describeOrigin(entry, all)},{" "}
        {describeSince(sinceMs)}
      </p>
      {restrictions.length > 0 && <p>{restrictions.join("; ")}</p>}
      <p>{describeUse(entry)}</p>
      <button type="button" aria-label={`${GRANT_WORDS.revoke} ${label}`} onClick={revoke}>
        {GRANT_WORDS.revoke}
      </button>
    </li>
  );
}

function Kept({ granting }: { readonly granting: HeldProps["granting"] }): JSX.Element {
  const list = useSignal<readonly KeptGrant[]>([]);
  useEffect(() => {
    const over = new AbortController();
    const follow = async (): Promise<void> => {
      const { kept } = await granting();
      const read = async (): Promise<void> => void (list.value = await kept.list());
      if (over.signal.aborted) return;
      kept.watch(() => void read(), { signal: over.signal });
      await read();
    };
    follow().catch(() => undefined); // without what is kept, nothing is listed
    return () => over.abort();
  }, []);
  const revoke = async (id: number): Promise<void> => (await granting()).kept.remove(id);
  if (list.value.length === 0) return <p>{GRANT_WORDS.nothingKept}</p>;
  return (
    <ul>
      {list.value.map((grant) => (
        <li key={grant.id}>
          <p class="what">
            <bdi>{grant.label}</bdi>
          </p>
          <p class="quiet">{describeKept(grant)}</p>
          <button
            type="button"
            aria-label={`${GRANT_WORDS.revoke} ${grant.label}, kept`}
            onClick={() => void revoke(grant.id)}
          >
            {GRANT_WORDS.revoke}
          </button>
        </li>
      ))}
    </ul>
  );
}
