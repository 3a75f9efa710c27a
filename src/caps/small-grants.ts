/** Secrets, clocks and randomness, which an owner designates. @see capnp/common/powerbox.capnp */
import { Exception } from "#base";
import type { ClockServer, RandomnessServer, SecretServer } from "#schema";

export function serveSecret(value: string): SecretServer {
  return { reveal: () => ({ value }) };
}

/** @param stepMs the resolution of the clock */
export function serveClock(wallMs: () => number, stepMs: number): ClockServer {
  return { now: () => ({ ms: Math.floor(wallMs() / stepMs) * stepMs }) };
}

/** Maximum number of bytes of one call; also the limit of `getRandomValues`. */
const DRAW_BYTES = 65_536;

export function serveRandomness(fill: (bytes: Uint8Array<ArrayBuffer>) => void): RandomnessServer {
  return {
    draw(count) {
      if (count > DRAW_BYTES) {
        throw new Exception("failed", `Cannot draw ${count} bytes: the maximum is ${DRAW_BYTES}`);
      }
      const data = new Uint8Array(count);
      fill(data);
      return { data };
    },
  };
}
