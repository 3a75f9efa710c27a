import { ConnectionFailedError, InvalidMessageError, TimeoutError } from "@libp2p/interface";
import { expect, test } from "vitest";
import { Exception } from "#base";
import { explainDial } from "./explain-dial.ts";

const gone = new InvalidMessageError("failed to connect via relay with status NO_RESERVATION");

test("explainDial() says in words what a relay has answered", () => {
  const text = "the relay does not know it, so it is closed, or has lost its relay";
  expect(explainDial(gone)).toBe(text);
  expect(explainDial(new AggregateError([gone, gone], "All multiaddr dials failed"))).toBe(text);
});

test("explainDial() joins what each address has failed with", () => {
  const dead = new ConnectionFailedError("Could not connect to ws://127.0.0.1:9");
  const late = new TimeoutError("signal timed out");
  const other = new Error("ERR_SOMETHING of its own");
  expect(explainDial(new AggregateError([dead, other, new AggregateError([late])]))).toBe(
    "nothing answers at its address, and it has not answered in time",
  );
});

test("explainDial() repeats no code of an error that it does not know, and every sentence of ours", () => {
  for (const unknown of [
    new Error("ERR_X: status 500"),
    "ERR_X",
    undefined,
    new AggregateError([]),
  ]) {
    expect(explainDial(unknown)).toBe("the connection could not be made");
  }
  const ours = new Exception("disconnected", "it has not answered for 10 s");
  expect(explainDial(ours)).toBe("it has not answered for 10 s");
});
