/** One document of the image in front, in a frame that reaches nothing, for pages without a local node. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { confineDocument } from "./confine-document.ts";
import { describeDocument, PREVIEW_WORDS } from "./preview-words.ts";
import type { PreviewedSession } from "./previews.ts";
import type { ShownDocument } from "./shown-document.ts";
import { shortenPath } from "./words.ts";

export interface DocumentPanelProps {
  /** The session in front, if it runs. */
  readonly session: PreviewedSession | undefined;
  readonly document: ShownDocument;
}

export function DocumentPanel({ session, document }: DocumentPanelProps): JSX.Element {
  const path = useSignal("/");
  const state = document.state.value;
  return (
    <div class="panel">
      <h2>{PREVIEW_WORDS.title}</h2>
      <p>{PREVIEW_WORDS.aboutDocument}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (session !== undefined) void document.open(session, path.value); // never rejects
        }}
      >
        <label>
          {PREVIEW_WORDS.path}
          <input
            spellcheck={false}
            autocapitalize="off"
            value={path}
            onInput={(event) => (path.value = event.currentTarget.value)}
          />
        </label>
        <button type="submit" disabled={session === undefined}>
          {PREVIEW_WORDS.showDocument}
        </button>
      </form>
      <p class="answer" aria-live="polite">
        {state.type === "asking" && PREVIEW_WORDS.asking}
        {state.type === "failed" && state.reason}
      </p>
      {(state.type === "shown" || state.type === "asking") && (
        <button type="button" onClick={() => document.close()}>
          {PREVIEW_WORDS.close}
        </button>
      )}
      {state.type === "shown" && (
        <>
          <p class="quiet">
            <bdi>{describeDocument(shortenPath(state.image), state.path, state.status)}</bdi>
          </p>
          {/* Without "allow-": an opaque origin and no script. @see confine-document.ts */}
          <iframe
            title={PREVIEW_WORDS.frame}
            sandbox=""
            allow=""
            referrerpolicy="no-referrer"
            srcdoc={confineDocument(state.html)}
          />
        </>
      )}
    </div>
  );
}
