/**
 * The question of an image to the visitor, and the visitor's ways to answer: something designated, or nothing.
 *
 * It stands outside of the terminals, so nothing that an image prints looks like it; what the image says is shown as text
 * in a box of its own.
 */
import { useSignal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { toMessage } from "#base";
import { Designators } from "./designators.tsx";
import { describeAsk, describeAsker, describeDetails, GRANT_WORDS } from "./grant-words.ts";
import type { Granting } from "./granting.ts";
import { NarrowingFields } from "./narrowing-fields.tsx";
import { createNarrowingForm } from "./narrowing-form.ts";
import type { OpenPetition, Petitions } from "./petitions.ts";
import type { Session } from "./session.ts";

export interface SheetProps {
  readonly petitions: Petitions;
  /** The oldest of them. */
  readonly petition: OpenPetition;
  readonly granting: () => Promise<Granting>;
  /** What runs on the page beside the image that asks. */
  readonly others: readonly Session[];
}

/** A new one is made for each petition. */
export function Sheet({ petitions, petition, granting, others }: SheetProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const form = useRef<HTMLFormElement>(null);
  const loaded = useSignal<Loaded>({ state: "loading" });
  const narrowing = useMemo(() => createNarrowingForm(petition.ask), [petition]);
  // What the visitor chooses among must not change under the pointer.
  const choices = useMemo(() => others, [petition]);
  useLayoutEffect(() => {
    dialog.current?.focus();
    void load(granting, loaded); // never rejects
  }, [petition]);
  const { state } = loaded.value;
  useLayoutEffect(() => {
    const document = dialog.current?.ownerDocument;
    if (document === undefined || state === "loading") return undefined;
    const appeared = (): void => {
      if (document.visibilityState === "visible") petitions.appeared();
    };
    appeared();
    document.addEventListener("visibilitychange", appeared);
    return () => document.removeEventListener("visibilitychange", appeared);
  }, [petition, state]);
  /** Keeps from everything in the sheet what was meant for something else. */
  const stopEarly = (event: Event): void => {
    if (petitions.takesClicks()) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const giveNothing = (): void => void petitions.answer(petition, () => ({ type: "nothing" })); // never rejects
  return (
    <dialog
      id="sheet"
      open
      tabIndex={-1}
      ref={dialog}
      aria-labelledby="sheet-ask"
      onClickCapture={stopEarly}
      onKeyDownCapture={(event) => event.key !== "Tab" && stopEarly(event)}
      onKeyDown={(event) => event.key === "Escape" && giveNothing()}
    >
      <p class="speaker">
        {GRANT_WORDS.speaker}
        <Count petitions={petitions} />
      </p>
      <h2 id="sheet-ask">{describeAsk(petition)}</h2>
      <Question petition={petition} />
      <form
        ref={form}
        autocomplete="off"
        onSubmit={(event) => event.preventDefault()}
        aria-labelledby="sheet-ask"
      >
        {loaded.value.state === "loaded" && (
          <>
            {petition.returning === undefined && (
              <NarrowingFields
                petition={petition}
                form={narrowing}
                granting={loaded.value.granting}
              />
            )}
            <Designators
              petition={petition}
              granting={loaded.value.granting}
              others={choices}
              options={() => narrowing.read()}
              answer={(choose) => {
                if (form.current?.reportValidity() === true)
                  void petitions.answer(petition, choose); // never rejects
              }}
            />
          </>
        )}
        <p role="alert" class="complaint">
          {loaded.value.state === "failed" ? loaded.value.reason : petition.complaint}
        </p>
        <div class="refusals">
          <button type="button" onClick={giveNothing}>
            {GRANT_WORDS.nothing}
          </button>
          <button type="button" class="quiet" onClick={() => petitions.mute(petition)}>
            {GRANT_WORDS.mute}
          </button>
        </div>
      </form>
    </dialog>
  );
}

type Loaded =
  | { readonly state: "loading" }
  | { readonly state: "loaded"; readonly granting: Granting }
  /** The visitor can give nothing. */
  | { readonly state: "failed"; readonly reason: string };

async function load(granting: () => Promise<Granting>, loaded: Signal<Loaded>): Promise<void> {
  try {
    loaded.value = { state: "loaded", granting: await granting() };
  } catch (error) {
    loaded.value = { state: "failed", reason: toMessage(error) };
  }
}

/** How many questions are open; it takes its room from none of the buttons. */
function Count({ petitions }: { readonly petitions: Petitions }): JSX.Element | null {
  const { length } = petitions.open.value;
  return length > 1 ? <span class="count"> · 1 of {length}</span> : null;
}

function Question({ petition }: { readonly petition: OpenPetition }): JSX.Element {
  const details = describeDetails(petition);
  return (
    <dl>
      <dt>{GRANT_WORDS.image}</dt>
      <dd class="code">
        <bdi>{petition.layers.join(" + ")}</bdi>
      </dd>
      <dt>{GRANT_WORDS.process}</dt>
      <dd>{describeAsker(petition)}</dd>
      {details !== "" && (
        <>
          <dt>{GRANT_WORDS.wants}</dt>
          <dd>
            <bdi>{details}</bdi>
          </dd>
        </>
      )}
      <dt>{GRANT_WORDS.why}</dt>
      <dd class="reason">
        <bdi>{petition.ask.reason}</bdi>
      </dd>
    </dl>
  );
}
