/** The controls by which the visitor designates what an image gets. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { describeMemoryGift, describeTimeGift, GRANT_WORDS } from "./grant-words.ts";
import type { Designation, Granting } from "./granting.ts";
import type { GrantOptions } from "./narrowing-form.ts";
import { ServerFields } from "./server-fields.tsx";
import { ServiceFields } from "./service-fields.tsx";
import type { Answer, OpenPetition } from "./petitions.ts";
import type { Session } from "./session.ts";
import { TextField } from "./text-field.tsx";

interface DesignatorProps {
  readonly petition: OpenPetition;
  readonly granting: Granting;
  readonly others: readonly Session[];
  /** What the visitor has chosen beside. */
  readonly options: () => GrantOptions;
  readonly answer: (choose: () => Promise<Answer | undefined>) => void;
}

export function Designators(props: DesignatorProps): JSX.Element {
  const { petition, granting, others, options, answer } = props;
  const { ask, returning } = petition;
  /** A button that gives what the function designates. */
  const choose = (
    label: string,
    designate: (
      options: GrantOptions,
    ) => Designation | undefined | Promise<Designation | undefined>,
  ): JSX.Element => {
    const give = (): void =>
      answer(async () => {
        const chosen = options();
        const designation = await designate(chosen);
        return designation && { type: "given", designation, ...chosen };
      });
    return (
      <button key={label} type="button" class="gives" onClick={give}>
        {label}
      </button>
    );
  };
  if (returning !== undefined) {
    return <p>{choose(`Open ${returning.label} again`, () => returning.unlock())}</p>;
  }
  switch (ask.which) {
    case "folder":
      return (
        <p>
          {choose(GRANT_WORDS.chooseFolder, (chosen) => granting.pickFolder(chosen))}
          {choose(GRANT_WORDS.chooseFile, (chosen) => granting.pickFile(chosen))}
        </p>
      );
    case "secret":
      return <SecretField choose={choose} granting={granting} />;
    case "clock":
      return (
        <p>
          {choose(GRANT_WORDS.exactClock, () => granting.toClock(GRANT_WORDS.clock, 1))}
          {choose(GRANT_WORDS.coarseClock, () => granting.toClock(GRANT_WORDS.coarse, 60_000))}
        </p>
      );
    case "randomness":
      return (
        <p>{choose(GRANT_WORDS.randomness, () => granting.toRandomness(GRANT_WORDS.random))}</p>
      );
    case "export":
      if (others.length === 0) return <p>{GRANT_WORDS.noOther}</p>;
      return (
        <p>
          {others.map((session) =>
            choose(`Give what ${session.path} serves`, () => ({
              label: session.path,
              open: () => session.bootstrap(),
              lasting: undefined,
            })),
          )}
        </p>
      );
    case "memory":
      return <p>{choose(...toGift(describeMemoryGift(ask.memory)))}</p>;
    case "time":
      return <p>{choose(...toGift(describeTimeGift(ask.time)))}</p>;
    case "http":
      return <ServerFields asked={ask.http} choose={choose} granting={granting} />;
    case "peer":
      return <ServiceFields asked={ask.peer} choose={choose} granting={granting} />;
    default:
      return <p>{GRANT_WORDS.notKnown}</p>;
  }
}

/** There is no capability to it. */
function toGift(label: string): [string, () => Designation] {
  return [`Give ${label}`, () => ({ label, open: () => undefined, lasting: undefined })];
}

interface SecretProps {
  readonly choose: (label: string, designate: () => Designation) => JSX.Element;
  readonly granting: Granting;
}

function SecretField({ choose, granting }: SecretProps): JSX.Element {
  const name = useSignal<string>(GRANT_WORDS.secret);
  const secret = useSignal("");
  return (
    <>
      <TextField label={GRANT_WORDS.secretName} value={name} />
      <TextField label={GRANT_WORDS.secretValue} value={secret} type="password" isRequired />
      <p>
        {choose(GRANT_WORDS.giveSecret, () => {
          const { value } = secret;
          secret.value = "";
          return granting.toSecret(name.value === "" ? GRANT_WORDS.secret : name.value, value);
        })}
      </p>
    </>
  );
}
