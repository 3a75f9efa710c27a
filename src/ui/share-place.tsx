/** Where the page shows what it shares; the panel itself comes when it is opened. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Exception } from "#base";
import type { PageState } from "./page-state.ts";
import type { PagePowers } from "./powers.ts";
import type { Screen } from "./screen.ts";
import type { Sharing } from "./sharing.ts";
import { WORDS } from "./words.ts";

interface PlaceProps {
  readonly state: PageState<Screen>;
  readonly powers: PagePowers;
}

type Panel = typeof import("./share-panel.tsx");

export function SharePlace({ state, powers }: PlaceProps): JSX.Element {
  const isOpen = useSignal(false);
  const panel = useSignal<Panel | undefined>(undefined);
  const sharing = useSignal<Sharing | undefined>(undefined);
  const failure = useSignal("");
  const load = async (): Promise<void> => {
    failure.value = "";
    try {
      sharing.value ??= await powers.sharing(state.sessions.list);
      panel.value ??= await import("./share-panel.tsx");
    } catch (error) {
      failure.value = error instanceof Exception ? error.message : WORDS.noPanel;
    }
  };
  useEffect(() => {
    // What was shared in an earlier visit is shared again.
    const resume = async (): Promise<void> => {
      if (await powers.hasShared()) sharing.value = await powers.sharing(state.sessions.list);
    };
    resume().catch(() => undefined); // the panel says why, when it is opened
  }, []);
  const count = sharing.value?.items.value.length ?? 0;
  return (
    <details
      id="share"
      onToggle={(event) => {
        isOpen.value = event.currentTarget.open;
        if (isOpen.value) void load(); // never rejects
      }}
    >
      <summary>{`${WORDS.shared}: ${count}`}</summary>
      {failure.value !== "" && <p role="alert">{failure}</p>}
      {isOpen.value && panel.value !== undefined && sharing.value !== undefined && (
        <panel.value.SharePanel
          session={state.sessions.selected.value}
          sharing={sharing.value}
          linkTo={(path) => powers.address.linkTo(path)}
          nameImage={(path) => state.nameImage(path)}
          copyText={(text) => powers.copyText(text)}
        />
      )}
    </details>
  );
}
