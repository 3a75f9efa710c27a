/** One document of what an image serves, on the page itself: state without a browser. */
import { batch, signal as createSignal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { Exception, toMessage } from "#base";
import { fetchDocument } from "./fetch-document.ts";
import type { FetchedDocument } from "./fetch-document.ts";
import type { PreviewedSession } from "./previews.ts";

export type DocumentState =
  | { readonly type: "closed" }
  | { readonly type: "asking" }
  | (FetchedDocument & {
      readonly type: "shown";
      /** The path of the image's link. */
      readonly image: string;
      readonly path: string;
    })
  | { readonly type: "failed"; readonly reason: string };

export interface ShownDocument {
  readonly state: ReadonlySignal<DocumentState>;
  /**
   * Asks what a session serves for a document, and shows it in the place of another, until it is closed or the session ends.
   * Never rejects.
   */
  open(session: PreviewedSession, path: string): Promise<void>;
  close(): void;
}

/** @param startLimit gives a signal that fires when an answer has taken too long */
export function createShownDocument(startLimit: () => AbortSignal): ShownDocument {
  const state = createSignal<DocumentState>({ type: "closed" });
  let current = new AbortController();

  const close = (): void => {
    batch(() => {
      current.abort(new Exception("failed", "It was closed"));
      state.value = { type: "closed" };
    });
  };
  const ask = async (
    session: PreviewedSession,
    path: string,
    closed: AbortSignal,
  ): Promise<DocumentState> => {
    const limit = startLimit();
    try {
      using handler = session.handler();
      const signal = AbortSignal.any([closed, limit]);
      const fetched = await fetchDocument(handler, path, { signal });
      return { type: "shown", image: session.path, path, ...fetched };
    } catch (error) {
      const reason = limit.aborted
        ? `Cannot show "${path}": the program takes too long to answer`
        : toMessage(error);
      return { type: "failed", reason };
    }
  };
  return {
    state,
    async open(session, text) {
      close();
      const mine = new AbortController();
      current = mine;
      state.value = { type: "asking" };
      const closeMine = (): void => {
        if (current === mine) close();
      };
      void session.ended.then(closeMine, closeMine);
      const next = await ask(session, text.startsWith("/") ? text : `/${text}`, mine.signal);
      if (!mine.signal.aborted) state.value = next;
    },
    close,
  };
}
