/** Generated from other.capnp, file id 0xb62a1c5cd3bb5ab4. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";
import * as other_ from "../other.ts";

/** @see parts/other.capnp:Thing, 0xe2d1c2c4a1f0bb02 */
export interface Thing {
  readonly name: string;
  readonly things: readonly other_.Thing[];
}
export const Thing: $.StructType<Thing> = /* @__PURE__ */ $.defineStruct<Thing>({
  id: 0xe2d1c2c4a1f0bb02n,
  name: "Thing",
  dataWords: 0,
  pointers: 2,
  read: (s) => ({ name: $.Text.read(s.pointer(0)), things: other_.Thing.readList(s.pointer(1)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.name !== undefined) {
        f = "name";
        $.Text.write(s.pointer(0), value.name);
      }
      if (value.things !== undefined) {
        f = "things";
        other_.Thing.writeList(s.pointer(1), value.things);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see parts/other.capnp:Colour, 0xe2d1c2c4a1f0bb03 */
export type Colour = "red" | "blue" | number;
export const Colour: $.EnumType<"red" | "blue"> = /* @__PURE__ */ $.defineEnum(["red", "blue"]);

/** @see parts/other.capnp:Named, 0xe2d1c2c4a1f0bb04 */
export interface Named extends $.Client<NamedServer> {
  name(options?: $.CallOptions): $.Call<{ readonly name: string }>;
}
/** What an object implements to be served as `Named`. */
export interface NamedServer {
  name(context: $.CallContext): $.Served<{ readonly name: string }>;
}
const Named_name_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xe91f48ddb0e03f1an,
  name: "Named.name$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Named_name_results: $.StructType<{ readonly name: string }> = /* @__PURE__ */ $.defineStruct({
  id: 0xbfecb772aeeae7bbn,
  name: "Named.name$Results",
  dataWords: 0,
  pointers: 1,
  read: (s) => ({ name: $.Text.read(s.pointer(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.name !== undefined) {
        f = "name";
        $.Text.write(s.pointer(0), value.name);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
export const Named: $.InterfaceType<Named> = /* @__PURE__ */ $.defineInterface<Named>({
  id: 0xe2d1c2c4a1f0bb04n,
  name: "Named",
  methods: [
    {
      name: "name",
      parameters: [],
      params: () => Named_name_params,
      results: () => Named_name_results,
    },
  ],
});
