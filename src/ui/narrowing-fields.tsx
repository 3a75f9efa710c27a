/** The controls that narrow what is given. */
import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { describeMethod, GRANT_WORDS } from "./grant-words.ts";
import type { Granting } from "./granting.ts";
import type { NarrowingForm } from "./narrowing-form.ts";
import type { OpenPetition } from "./petitions.ts";

interface NarrowingProps {
  readonly petition: OpenPetition;
  readonly form: NarrowingForm;
  readonly granting: Granting;
}

export function NarrowingFields({ petition, form, granting }: NarrowingProps): JSX.Element | null {
  const { ask, layers } = petition;
  const { which } = ask;
  // There is no capability to these.
  if (which === "memory" || which === "time") return null;
  // Text and data are counted where the interface is known.
  const countsBytes = which !== "export" && which !== "peer";
  const canLast =
    (which === "folder" && granting.lendsFiles) ||
    which === "clock" ||
    which === "randomness" ||
    which === "peer" ||
    which === "http";
  return (
    <>
      {which === "folder" && ask.folder.writes && granting.lendsFiles && <Rights form={form} />}
      {which === "folder" && !granting.lendsFiles && <p>{GRANT_WORDS.copies}</p>}
      <details class="narrow" onInvalidCapture={({ currentTarget }) => (currentTarget.open = true)}>
        <summary>{GRANT_WORDS.narrow}</summary>
        {form.methods.length > 1 && <Methods petition={petition} form={form} />}
        <NumberField label={GRANT_WORDS.calls} value={form.calls} />
        {countsBytes && <NumberField label={GRANT_WORDS.bytes} value={form.bytes} />}
        <NumberField label={GRANT_WORDS.minutes} value={form.minutes} />
        <p>{GRANT_WORDS.boundsNote}</p>
      </details>
      {canLast && granting.kept.canKeep(layers) && <KeepField form={form} />}
    </>
  );
}

function Rights({ form }: { readonly form: NarrowingForm }): JSX.Element {
  const choose = (writes: boolean, label: string): JSX.Element => (
    <label>
      <input
        type="radio"
        name="rights"
        checked={form.read().writes === writes}
        onChange={() => form.setWrites(writes)}
      />
      {label}
    </label>
  );
  return (
    <fieldset>
      <legend>{GRANT_WORDS.rights}</legend>
      {choose(false, GRANT_WORDS.readOnly)}
      {choose(true, GRANT_WORDS.readAndChange)}
    </fieldset>
  );
}

function Methods({ petition, form }: Omit<NarrowingProps, "granting">): JSX.Element {
  return (
    <fieldset>
      <legend>{GRANT_WORDS.methods}</legend>
      {form.methods.map((method) => (
        <label key={method}>
          <input
            type="checkbox"
            checked={form.chosen.value.has(method)}
            onChange={() => form.toggle(method)}
          />
          {describeMethod(petition.ask.which, method)}
        </label>
      ))}
    </fieldset>
  );
}

function NumberField({
  label,
  value,
}: {
  readonly label: string;
  readonly value: Signal<string>;
}): JSX.Element {
  return (
    <label class="number">
      {label}
      <input
        type="number"
        min="1"
        step="1"
        value={value}
        onInput={(event) => (value.value = event.currentTarget.value)}
      />
    </label>
  );
}

function KeepField({ form }: { readonly form: NarrowingForm }): JSX.Element {
  // A count would begin anew with each visit.
  const isCounted = form.calls.value !== "" || form.bytes.value !== "";
  return (
    <label>
      <input
        type="checkbox"
        disabled={isCounted}
        checked={form.canKeep.value && !isCounted}
        onChange={(event) => (form.canKeep.value = event.currentTarget.checked)}
      />
      {GRANT_WORDS.keep}
    </label>
  );
}
