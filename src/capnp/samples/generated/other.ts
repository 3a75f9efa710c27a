/** Generated from other.capnp, file id 0xb62a1c5cd3bb5ab3. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";
import * as other_ from "./parts/other.ts";

/** @see other.capnp:Thing, 0xe2d1c2c4a1f0ba01 */
export interface Thing {
  readonly thing: other_.Thing;
  readonly colour: other_.Colour;
}
export const Thing: $.StructType<Thing> = /* @__PURE__ */ $.defineStruct<Thing>({
  id: 0xe2d1c2c4a1f0ba01n,
  name: "Thing",
  dataWords: 1,
  pointers: 1,
  pipelined: { thing: [0, () => other_.Thing] },
  read: (s) => ({
    thing: other_.Thing.read(s.pointer(0)),
    colour: other_.Colour.toName(s.uint16(0, 1)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.thing !== undefined) {
        f = "thing";
        other_.Thing.write(s.pointer(0), value.thing);
      }
      if (value.colour !== undefined) {
        f = "colour";
        s.setUint16(0, other_.Colour.toOrdinal(value.colour), 1);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
