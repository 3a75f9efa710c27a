/** Where the page shows questions of images and what they hold; the views themselves come with the first of both. */
import { signal as createSignal } from "@preact/signals";
import type { ReadonlySignal, Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect } from "preact/hooks";
import type { PageState } from "./page-state.ts";
import type { PagePowers } from "./powers.ts";
import type { Screen } from "./screen.ts";
import { WORDS } from "./words.ts";

type Views = typeof import("./grant-views.ts");

export interface GrantViews {
  readonly views: ReadonlySignal<Views | undefined>;
  /** Why they could not be loaded; empty if there is no reason. */
  readonly failure: ReadonlySignal<string>;
  load(): void;
  /** Whether the visitor looks at what is held. */
  readonly isOpen: Signal<boolean>;
}

export function createGrantViews(): GrantViews {
  const views = createSignal<Views | undefined>(undefined);
  const failure = createSignal("");
  let isLoading = false;
  return {
    views,
    failure,
    isOpen: createSignal(false),
    load() {
      if (isLoading) return;
      isLoading = true;
      import("./grant-views.ts").then(
        ({ HeldPanel, Sheet }) => (views.value = { HeldPanel, Sheet }),
        () => {
          isLoading = false;
          failure.value = WORDS.noSheet;
        },
      );
    },
  };
}

interface GrantsProps {
  readonly state: PageState<Screen>;
  readonly powers: PagePowers;
  readonly grants: GrantViews;
}

/** The question of the selected image. */
export function SheetPlace({ state, powers, grants }: GrantsProps): JSX.Element | null {
  const { list, selected } = state.sessions;
  const session = selected.value;
  const petition = session?.petitions.open.value[0];
  const isAsked = petition !== undefined;
  useEffect(() => {
    if (isAsked) grants.load();
  }, [isAsked]);
  // At once, so that the next key is the program's.
  useLayoutEffect(() => {
    if (!isAsked) return undefined;
    return () => state.sessions.selected.value?.terminal.focus();
  }, [isAsked, session]);
  const views = grants.views.value;
  if (session === undefined || petition === undefined) return null;
  if (views === undefined) {
    return grants.failure.value === "" ? null : <p role="alert">{grants.failure}</p>;
  }
  const others = list.value.filter(
    (other) => other !== session && other.stage.value.which === "running",
  );
  return (
    <views.Sheet
      key={`${session.path} ${petition.id}`}
      petitions={session.petitions}
      petition={petition}
      granting={() => powers.granting()}
      others={others}
    />
  );
}

/** What the selected image holds. */
export function HeldPlace({ state, powers, grants }: GrantsProps): JSX.Element {
  const session = state.sessions.selected.value;
  const count = session?.held.givenCount.value ?? 0;
  const views = grants.views.value;
  const isOpen = grants.isOpen.value;
  return (
    <details
      id="held"
      open={isOpen}
      onToggle={(event) => {
        grants.isOpen.value = event.currentTarget.open;
        if (event.currentTarget.open) grants.load();
      }}
    >
      <summary>{`${WORDS.held}: ${count}`}</summary>
      {isOpen && views !== undefined && (
        <views.HeldPanel
          session={session}
          granting={() => powers.granting()}
          nameImage={(path) => state.nameImage(path)}
          saveFile={(name, text) => powers.saveFile(name, text)}
        />
      )}
    </details>
  );
}
