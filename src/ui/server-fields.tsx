/** The controls by which the visitor designates servers. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Ask } from "#schema";
import { GRANT_WORDS } from "./grant-words.ts";
import type { Designation, Granting } from "./granting.ts";
import type { GrantOptions } from "./narrowing-form.ts";
import { TextField } from "./text-field.tsx";

interface ServerProps {
  readonly asked: Extract<Ask, { readonly which: "http" }>["http"];
  readonly granting: Granting;
  readonly choose: (
    label: string,
    designate: (options: GrantOptions) => Promise<Designation>,
  ) => JSX.Element;
}

export function ServerFields({ asked, granting, choose }: ServerProps): JSX.Element {
  const hosts = useSignal(asked.hosts.join(" "));
  const paths = useSignal("");
  const headerName = useSignal("");
  const secret = useSignal("");
  const isAdded = headerName.value !== "";
  return (
    <>
      <TextField label={GRANT_WORDS.hosts} value={hosts} isRequired />
      <TextField label={GRANT_WORDS.paths} value={paths} placeholder="/v1" />
      <details class="narrow">
        <summary>{GRANT_WORDS.headerName}</summary>
        <TextField label={GRANT_WORDS.headerName} value={headerName} placeholder="authorization" />
        <TextField label={GRANT_WORDS.headerValue} value={secret} type="password" />
        <p>{GRANT_WORDS.headerNote}</p>
      </details>
      <p>
        {choose(GRANT_WORDS.giveServers, ({ narrowing }) => {
          const asksFor = asked.methods.length > 0 ? asked.methods : ["GET", "POST"];
          return granting.toServers({
            hosts: split(hosts.value),
            paths: split(paths.value),
            methods: (narrowing.methods ?? asksFor).map((method) => method.toUpperCase()),
            header: isAdded ? { name: headerName.value, secret: secret.value } : undefined,
          });
        })}
      </p>
    </>
  );
}

function split(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((each) => each !== "");
}
