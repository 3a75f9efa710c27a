/** Where the page shows what the image in front serves to this computer: off until the visitor opens it. */
import "./panels.css";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { toMessage } from "#base";
import type { PageState } from "./page-state.ts";
import type { PagePowers } from "./powers.ts";
import { PREVIEW_WORDS } from "./preview-words.ts";
import { DocumentPanel } from "./document-panel.tsx";
import type { PreviewItem, Previews } from "./previews.ts";
import type { Screen } from "./screen.ts";
import { createShownDocument } from "./shown-document.ts";
import type { ShownDocument } from "./shown-document.ts";

interface PlaceProps {
  readonly state: PageState<Screen>;
  readonly powers: PagePowers;
}

/** How long a program may take to answer with a whole document. */
const DOCUMENT_MS = 30_000;

/** Previews by the local node; where there is none, one document on the page itself. */
export function PreviewPlace({ state, powers }: PlaceProps): JSX.Element | null {
  const place = useSignal<Previews | ShownDocument | undefined>(undefined);
  useEffect(() => {
    const load = async (): Promise<void> => {
      const previews = await powers.previews();
      place.value = previews ?? createShownDocument(() => AbortSignal.timeout(DOCUMENT_MS));
    };
    load().catch(() => undefined); // the page says why it has no configuration
  }, []);
  const answer = useSignal("");
  const isShown = useSignal(false);
  const opened = place.value;
  const selected = state.sessions.selected.value;
  const isRunning =
    selected?.stage.value.which === "running" && selected.outcome.value === undefined;
  const session = isRunning ? selected : undefined;
  if (opened === undefined) return null;
  const isNode = "items" in opened;
  const count = isNode ? opened.items.value.length : Number(opened.state.value.type === "shown");
  const activity = session?.activity.value;
  const isServing = activity === "serves" || activity === "exports";
  const open = async (): Promise<void> => {
    if (session === undefined || !isNode) return;
    answer.value = PREVIEW_WORDS.opening;
    // Within the click: a tab that is opened later counts as a popup.
    const tab = powers.openTab();
    try {
      const { url } = await opened.open(session);
      tab?.show(url);
      answer.value = tab === undefined ? PREVIEW_WORDS.noTab : "";
    } catch (error) {
      tab?.close();
      answer.value = toMessage(error);
    }
    // What there is to read, or to click, is in the panel.
    if (answer.value !== "") isShown.value = true;
  };
  return (
    <>
      {isNode && isServing && !isShown.value && (
        <button id="open-preview" type="button" onClick={() => void open()}>
          {PREVIEW_WORDS.open}
        </button>
      )}
      <details
        id="preview"
        open={isShown.value}
        onToggle={(event) => (isShown.value = event.currentTarget.open)}
      >
        <summary>{`${PREVIEW_WORDS.previews}: ${count}`}</summary>
        {isNode ? (
          <Panel
            canOpen={session !== undefined}
            previews={opened}
            answer={answer.value}
            open={() => void open()} // never rejects
          />
        ) : (
          <DocumentPanel {...{ session, document: opened }} />
        )}
      </details>
    </>
  );
}

interface PanelProps {
  /** Whether the session in front runs. */
  readonly canOpen: boolean;
  readonly previews: Previews;
  readonly answer: string;
  readonly open: () => void;
}

function Panel({ canOpen, previews, answer, open }: PanelProps): JSX.Element {
  return (
    <div class="panel">
      <h2>{PREVIEW_WORDS.title}</h2>
      <p>{PREVIEW_WORDS.about}</p>
      <button type="button" disabled={!canOpen} onClick={open}>
        {PREVIEW_WORDS.open}
      </button>
      <p class="answer" aria-live="polite">
        {answer}
      </p>
      <ul>
        {previews.items.value.map((item) => (
          <Shown key={item.id} item={item} close={() => previews.close(item.id)} />
        ))}
      </ul>
    </div>
  );
}

function Shown({
  item,
  close,
}: {
  readonly item: PreviewItem;
  readonly close: () => void;
}): JSX.Element {
  return (
    <li>
      <p class="what">
        <a href={item.url} target="_blank" rel="noopener noreferrer">
          {item.url}
        </a>
      </p>
      <p class="quiet">{`${PREVIEW_WORDS.requests}: ${item.visitCount}`}</p>
      {item.visits.map((visit, at) => (
        <p key={at} class="quiet visit" title={visit}>
          <bdi>{visit}</bdi>
        </p>
      ))}
      <button type="button" aria-label={`${PREVIEW_WORDS.close} ${item.url}`} onClick={close}>
        {PREVIEW_WORDS.close}
      </button>
    </li>
  );
}
