/** Where the page shows what the image in front serves to this computer: off until the visitor opens it. */
import "./panels.css";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { toMessage } from "#base";
import type { PageState } from "./page-state.ts";
import type { PagePowers } from "./powers.ts";
import { PREVIEW_WORDS } from "./preview-words.ts";
import type { PreviewItem, Previews } from "./previews.ts";
import type { Screen } from "./screen.ts";

interface PlaceProps {
  readonly state: PageState<Screen>;
  readonly powers: PagePowers;
}

/** Nothing where no local node shows previews. */
export function PreviewPlace({ state, powers }: PlaceProps): JSX.Element | null {
  const previews = useSignal<Previews | undefined>(undefined);
  useEffect(() => {
    const load = async (): Promise<void> => {
      previews.value = await powers.previews();
    };
    load().catch(() => undefined); // the page says why it has no configuration
  }, []);
  const opened = previews.value;
  if (opened === undefined) return null;
  return (
    <details id="preview">
      <summary>{`${PREVIEW_WORDS.previews}: ${opened.items.value.length}`}</summary>
      <Panel {...{ state, previews: opened }} />
    </details>
  );
}

function Panel({
  state,
  previews,
}: Pick<PlaceProps, "state"> & { readonly previews: Previews }): JSX.Element {
  const answer = useSignal("");
  const session = state.sessions.selected.value;
  const isRunning = session?.stage.value.which === "running" && session.outcome.value === undefined;
  const open = async (): Promise<void> => {
    if (session === undefined) return;
    answer.value = PREVIEW_WORDS.opening;
    answer.value = await previews.open(session).then(() => "", toMessage);
  };
  return (
    <div class="panel">
      <h2>{PREVIEW_WORDS.title}</h2>
      <p>{PREVIEW_WORDS.about}</p>
      <button type="button" disabled={!isRunning} onClick={() => void open()}>
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
        <p key={at} class="quiet">
          <bdi>{visit}</bdi>
        </p>
      ))}
      <button type="button" aria-label={`${PREVIEW_WORDS.close} ${item.url}`} onClick={close}>
        {PREVIEW_WORDS.close}
      </button>
    </li>
  );
}
