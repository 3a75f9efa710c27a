/** The controls by which the visitor designates what a peer serves. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { GRANT_WORDS } from "./grant-words.ts";
import type { Designation, Granting } from "./granting.ts";
import { TextField } from "./text-field.tsx";

interface ServiceProps {
  /** The name that is asked for. */
  readonly asked: string;
  readonly granting: Granting;
  readonly choose: (label: string, designate: () => Promise<Designation>) => JSX.Element;
}

export function ServiceFields({ asked, granting, choose }: ServiceProps): JSX.Element {
  const address = useSignal("");
  const service = useSignal(asked);
  const isDialling = useSignal(false);
  return (
    <>
      <TextField
        label={GRANT_WORDS.peerAddress}
        value={address}
        placeholder="/ip4/…/p2p/…"
        isRequired
      />
      <TextField label={GRANT_WORDS.peerService} value={service} isRequired />
      <p>
        {choose(GRANT_WORDS.giveService, async () => {
          isDialling.value = true;
          try {
            return await granting.toService({ address: address.value, service: service.value });
          } finally {
            isDialling.value = false;
          }
        })}
        <span role="status">{isDialling.value && GRANT_WORDS.dialling}</span>
      </p>
    </>
  );
}
