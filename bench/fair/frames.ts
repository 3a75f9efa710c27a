/** What a client of ours sends, as frames to be sent again and again. */
import { MessageReader } from "#capnp/wire";
import { Host } from "#schema";
import { connect, createMemoryTransports } from "#rpc";

/** A Call's or Finish's question stands there: behind the segment table, two pointers and a tag of a message of ours. */
const QUESTION_AT = 8 + 3 * 8;

export interface Frame {
  readonly bytes: Uint8Array;
  /** Where the number of its question stands, of four bytes. */
  readonly questionAt: number;
}

/** The frames of a bootstrap, then of a call, then of the call's end. */
export async function recordFrames(): Promise<{
  readonly bootstrap: Frame;
  readonly call: Frame;
  readonly finish: Frame;
}> {
  const [near, far] = createMemoryTransports();
  const frames: Uint8Array[] = [];
  far.start({
    onFrame: (frame) => void frames.push(frame.slice()),
    onClosed: () => undefined,
  });
  using connection = connect(near);
  const host = connection.bootstrap(Host);
  const call = host.id();
  await new Promise((resolve) => setTimeout(resolve));
  // Nobody answers, so it is given up.
  call.catch(() => undefined);
  call[Symbol.dispose]();
  await new Promise((resolve) => setTimeout(resolve));
  const all = frames.map((bytes) => ({ bytes, questionAt: QUESTION_AT, tag: tagOf(bytes) }));
  const find = (tag: number): Frame => {
    const found = all.find((frame) => frame.tag === tag);
    if (found === undefined) throw new Error(`No message with tag ${tag} was sent`);
    return found;
  };
  return { bootstrap: find(8), call: find(2), finish: find(4) };
}

function tagOf(frame: Uint8Array): number {
  return MessageReader.fromFrame(frame).root.struct().uint16(0);
}
