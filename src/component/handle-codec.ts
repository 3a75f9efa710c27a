/** Codecs of `own` and `borrow`. @see CanonicalABI.md `lift_own`, `lift_borrow`, `lower_own`, `lower_borrow` */
import { createScalarCodec } from "./codec.ts";
import type { Codec, CoreValue } from "./codec.ts";
import type { MemoryContext } from "./memory-context.ts";
import { OwnedResource } from "./resources.ts";
import type { LiveResourceType } from "./resources.ts";
import { trap } from "./trap.ts";
import type { Layout } from "./types.ts";

/** The other side of a call, as seen from the component whose handles are lifted and lowered. */
export type Facing = "component" | "host";

export function createOwnCodec(layout: Layout, resource: LiveResourceType, facing: Facing): Codec {
  const isWrapped = facing === "host" && resource.owner !== undefined;
  return createHandleCodec(
    layout,
    (cx, index) => {
      const { own, rep } = cx.instance.remove(resource, index);
      if (!own) trap("cannot lift own resource from a borrow");
      return isWrapped ? new OwnedResource(resource, rep) : rep;
    },
    (cx, value) => {
      const rep = isWrapped ? toOwned(value).give(resource) : value;
      return cx.instance.add(resource, rep, true);
    },
  );
}

export function createBorrowCodec(
  layout: Layout,
  resource: LiveResourceType,
  facing: Facing,
): Codec {
  const isWrapped = facing === "host" && resource.owner !== undefined;
  return createHandleCodec(
    layout,
    (cx, index) => {
      const handle = cx.instance.get(resource, index);
      // Lends to the host are not counted, since only a component could drop the handle during the call.
      if (cx.lent !== undefined) {
        handle.lends++;
        cx.lent.push(handle);
      }
      return handle.rep;
    },
    (cx, value) => {
      const { scope } = cx;
      const rep = isWrapped ? toOwned(value).lend(resource, scope) : value;
      // The defining instance receives the bare representation.
      if (resource.owner === cx.instance) return rep as number;
      if (scope !== undefined) scope.borrows++;
      return cx.instance.add(resource, rep, false, scope);
    },
  );
}

function toOwned(value: unknown): OwnedResource {
  return value instanceof OwnedResource ? value : trap("a value was passed that is not a resource");
}

function createHandleCodec(
  layout: Layout,
  lift: (cx: MemoryContext, index: number) => unknown,
  lower: (cx: MemoryContext, value: unknown) => CoreValue,
): Codec {
  return createScalarCodec(layout, {
    load: (cx, at) => lift(cx, cx.view.getUint32(at, true)),
    store(cx, value, at) {
      const index = lower(cx, value);
      cx.view.setInt32(at, index as number, true);
    },
    lift1: (cx, a) => lift(cx, Number(a) >>> 0),
    lower1: lower,
  });
}
