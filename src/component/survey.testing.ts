/** Surveys of hostile components, for tests of what is refused. */
import { expect } from "vitest";
import { Exception } from "#base";
import { timed } from "./bounds.testing.ts";
import { parseComponent } from "./parse-component.ts";
import { surveyComponent } from "./survey.ts";

/** Surveys the component, and fails if that takes seconds. */
export function survey(bytes: Uint8Array): void {
  timed(() => surveyComponent(parseComponent(bytes)));
}

/** The reason why the survey refuses the component. */
export function refusalOf(bytes: Uint8Array): string {
  try {
    survey(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(Exception);
    const { message, kind } = error as Exception;
    expect(kind).toBe("failed");
    expect(message.length).toBeLessThan(2_500);
    return message;
  }
  throw new TypeError("Nothing was refused");
}
