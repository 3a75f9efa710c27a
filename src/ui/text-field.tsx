/** A line of text that the visitor types. */
import type { Signal } from "@preact/signals";
import type { JSX, TargetedInputEvent } from "preact";

interface TextProps {
  readonly label: string;
  readonly value: Signal<string>;
  readonly type?: "text" | "password";
  readonly placeholder?: string;
  readonly isRequired?: boolean;
}

export function TextField({
  label,
  value,
  type = "text",
  placeholder = "",
  isRequired = false,
}: TextProps): JSX.Element {
  const input = {
    autocomplete: "off",
    spellcheck: false,
    placeholder,
    required: isRequired,
    value,
    onInput: (event: TargetedInputEvent<HTMLInputElement>): void =>
      void (value.value = event.currentTarget.value),
  } as const;
  return (
    <label class="line">
      {label}
      {type === "password" ? (
        <input type="password" {...input} />
      ) : (
        <input type="text" {...input} />
      )}
    </label>
  );
}
