import { expect, test } from "vitest";
import { createNarrowingForm } from "./narrowing-form.ts";

const FOLDER = { reason: "x", which: "folder", folder: { writes: true } } as const;

test("createNarrowingForm() gives a folder for reading, until the visitor says more", () => {
  const form = createNarrowingForm(FOLDER);
  expect(form.read()).toMatchObject({
    narrowing: { methods: ["list", "stat", "read"] },
    writes: false,
    canKeep: false,
  });
  form.setWrites(true);
  expect(form.read()).toMatchObject({ narrowing: { methods: undefined }, writes: true });
  form.toggle("remove");
  form.toggle("stat");
  const { narrowing, writes } = form.read();
  expect([narrowing.methods, writes]).toEqual([
    ["list", "read", "write", "truncate", "makeFolder"],
    true,
  ]);
  form.setWrites(false);
  expect(form.read().writes).toBe(false);
});

test("createNarrowingForm() narrows by numbers alone", () => {
  const form = createNarrowingForm({ reason: "x", which: "clock", clock: undefined });
  form.calls.value = "3";
  form.bytes.value = "";
  form.minutes.value = "soon";
  form.canKeep.value = true;
  expect(form.read()).toEqual({
    narrowing: { methods: undefined, calls: 3, bytes: undefined, minutes: undefined },
    writes: false,
    canKeep: true,
  });
});
