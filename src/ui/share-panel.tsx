/** Sharing an image, or what runs of it, with others; and what is shared now. */
import "./panels.css";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { toMessage } from "#base";
import { nameArguments } from "./image-name.ts";
import type { Session } from "./session.ts";
import { describeShared, describeVisits, SHARE_WORDS } from "./share-words.ts";
import type { SharedItem, ShareKind, Sharing } from "./sharing.ts";
import { formatTime } from "./time.ts";
import { COPIED_MS, WORDS } from "./words.ts";

export interface ShareProps {
  readonly session: Session | undefined;
  readonly sharing: Sharing;
  readonly linkTo: (path: string) => string;
  readonly copyText: (text: string) => Promise<void>;
  readonly nameImage: (path: string) => string;
}

const REFRESH_MS = 2000;

const KINDS: readonly ShareKind[] = ["image", "screen", "terminal", "export", "membrane"];

export function SharePanel(props: ShareProps): JSX.Element {
  const { session, sharing } = props;
  const items = sharing.items.value;
  useEffect(() => {
    void sharing.refresh(); // never rejects
    const timer = setInterval(() => void sharing.refresh(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [sharing]);
  return (
    <div class="panel">
      <h2>{SHARE_WORDS.title}</h2>
      {session === undefined || session.layers.length === 0 ? (
        <p>{SHARE_WORDS.nothingToShare}</p>
      ) : (
        <ShareForm {...props} session={session} />
      )}
      <h2>{SHARE_WORDS.sharedTitle}</h2>
      {items.length === 0 && <p>{SHARE_WORDS.nothingShared}</p>}
      <ul>
        {items.map((item) => (
          <Shared key={item.id} {...props} item={item} />
        ))}
      </ul>
    </div>
  );
}

function ShareForm({
  session,
  sharing,
  linkTo,
  copyText,
}: ShareProps & { readonly session: Session }): JSX.Element {
  const kind = useSignal<ShareKind>("image");
  const minutes = useSignal("");
  const calls = useSignal("");
  const answer = useSignal("");
  const isBusy = useSignal(false);
  const isRunning = session.stage.value.which === "running" && session.outcome.value === undefined;
  const isAddress = kind.value === "membrane";
  const isExport = kind.value === "export" || isAddress;
  const share = async (): Promise<void> => {
    isBusy.value = true;
    answer.value = SHARE_WORDS.sharing;
    try {
      const item = await sharing.share(session, {
        kind: kind.value,
        minutes: toNumber(minutes.value),
        calls: isExport ? toNumber(calls.value) : undefined,
      });
      answer.value = await copyText(toText(item, linkTo)).then(
        () => (isAddress ? SHARE_WORDS.addressCopied : SHARE_WORDS.copied),
        () => SHARE_WORDS.notCopied,
      );
    } catch (error) {
      answer.value = toMessage(error);
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <form
      class="share"
      onSubmit={(event) => {
        event.preventDefault();
        void share(); // never rejects
      }}
    >
      <fieldset>
        <legend>{SHARE_WORDS.what}</legend>
        {KINDS.map((each) => (
          <label key={each}>
            <input
              type="radio"
              name="kind"
              checked={kind.value === each}
              disabled={each !== "image" && !isRunning}
              onChange={() => (kind.value = each)}
            />
            {SHARE_WORDS[each]}
          </label>
        ))}
      </fieldset>
      <label class="number">
        {SHARE_WORDS.minutes}
        <input
          type="number"
          min="1"
          step="1"
          value={minutes}
          onInput={(event) => (minutes.value = event.currentTarget.value)}
        />
      </label>
      {isExport && (
        <label class="number">
          {SHARE_WORDS.calls}
          <input
            type="number"
            min="1"
            step="1"
            value={calls}
            onInput={(event) => (calls.value = event.currentTarget.value)}
          />
        </label>
      )}
      <button type="submit" disabled={isBusy}>
        {isAddress ? SHARE_WORDS.shareAddress : SHARE_WORDS.share}
      </button>
      <p class="answer" aria-live="polite">
        {answer}
      </p>
    </form>
  );
}

function Shared({
  item,
  sharing,
  linkTo,
  copyText,
  nameImage,
}: ShareProps & { readonly item: SharedItem }): JSX.Element {
  const label = describeShared(item.kind, nameImage(item.image) + nameArguments(item.image));
  const answer = useSignal("");
  const copy = async (): Promise<void> => {
    answer.value = await copyText(toText(item, linkTo)).then(
      () => WORDS.copied,
      () => WORDS.notCopied,
    );
    setTimeout(() => (answer.value = ""), COPIED_MS);
  };
  return (
    <li>
      <p class="what">
        <bdi>{label}</bdi>
      </p>
      <p class="quiet">{describeTimes(item)}</p>
      <div class="actions">
        <button
          type="button"
          aria-label={`${SHARE_WORDS.copyLink} ${label}`}
          onClick={() => void copy()} // never rejects
        >
          {answer.value === "" ? SHARE_WORDS.copyLink : answer}
        </button>
        <button
          type="button"
          aria-label={`${SHARE_WORDS.stop} ${label}`}
          onClick={() => void sharing.stop(item.id)}
        >
          {SHARE_WORDS.stop}
        </button>
      </div>
    </li>
  );
}

/** What others are given: a link, or an address. */
function toText({ kind, path }: SharedItem, linkTo: ShareProps["linkTo"]): string {
  return kind === "membrane" ? path : linkTo(path);
}

function describeTimes({ isLive, sinceMs, untilMs, visits }: SharedItem): string {
  const since = `${SHARE_WORDS.since} ${formatTime(sinceMs)}`;
  const until = untilMs === undefined ? "" : `, ${SHARE_WORDS.until} ${formatTime(untilMs)}`;
  const parts = [`${since}${until}`, describeVisits(visits), isLive ? "" : SHARE_WORDS.notRunning];
  return parts.filter((part) => part !== "").join("; ");
}

function toNumber(text: string): number | undefined {
  const number = Number(text);
  return text.trim() !== "" && number > 0 ? number : undefined;
}
