/** Generated from constants.capnp, file id 0xb62a1c5cd3bb5ab6. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";
import * as data_ from "./data.ts";

/** @see constants.capnp:Late, 0xc96e02015689a1d4 */
export interface Late {
  readonly name: string;
  readonly inner: Late_Inner;
}
export const Late: $.StructType<Late> = /* @__PURE__ */ $.defineStruct<Late>({
  id: 0xc96e02015689a1d4n,
  name: "Late",
  dataWords: 0,
  pointers: 2,
  pipelined: { inner: [1, () => Late_Inner] },
  read: (s) => ({ name: $.Text.read(s.pointer(0)), inner: Late_Inner.read(s.pointer(1)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.name !== undefined) {
        f = "name";
        $.Text.write(s.pointer(0), value.name);
      }
      if (value.inner !== undefined) {
        f = "inner";
        Late_Inner.write(s.pointer(1), value.inner);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see constants.capnp:Late.Inner, 0xc74ce013cbdb5ccd */
export interface Late_Inner {
  readonly flag: boolean;
}
export const Late_Inner: $.StructType<Late_Inner> = /* @__PURE__ */ $.defineStruct<Late_Inner>({
  id: 0xc74ce013cbdb5ccdn,
  name: "Late.Inner",
  dataWords: 1,
  pointers: 0,
  read: (s) => ({ flag: s.bool(0) }),
  write(s, value) {
    let f = "";
    try {
      if (value.flag !== undefined) {
        f = "flag";
        s.setBool(0, value.flag);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see constants.capnp:before, 0x88ab8f0d6ac7eff4 */
export const before: $.Constant<Late> = $.freeze(
  Late.read(
    $.parseLiteral(
      "00000000050000000000000000000200050000003a00000004000000010000006265666f726500000100000000000000",
    ),
  ),
);

/** @see constants.capnp:nothing, 0xf5edd2e4bfb4b395 */
export const nothing: $.Constant<undefined> = $.freeze(undefined);

/** @see constants.capnp:yes, 0xcab55be03df09767 */
export const yes: $.Constant<boolean> = $.freeze(true);

/** @see constants.capnp:int8, 0xc20fcc37f9686f89 */
export const int8: $.Constant<number> = $.freeze(-8);

/** @see constants.capnp:int16, 0xa25a8b48710133ac */
export const int16: $.Constant<number> = $.freeze(-1616);

/** @see constants.capnp:int32, 0xe0404002586409ab */
export const int32: $.Constant<number> = $.freeze(-32323232);

/** @see constants.capnp:int64, 0xa29a5c4ad6dc6a26 */
export const int64: $.Constant<bigint> = $.freeze(-6464646464646464n);

/** @see constants.capnp:uint8, 0xa262d8da990633f6 */
export const uint8: $.Constant<number> = $.freeze(200);

/** @see constants.capnp:uint16, 0xe3eb2f5bc59b630d */
export const uint16: $.Constant<number> = $.freeze(60000);

/** @see constants.capnp:uint32, 0xf6f06699757f30e5 */
export const uint32: $.Constant<number> = $.freeze(4000000000);

/** @see constants.capnp:uint64, 0xe4171965b9ed3da9 */
export const uint64: $.Constant<bigint> = $.freeze(18000000000000000000n);

/** @see constants.capnp:float32, 0x9970a931ccc02645 */
export const float32: $.Constant<number> = $.freeze(1.5);

/** @see constants.capnp:float64, 0xffe21bd829ee1c56 */
export const float64: $.Constant<number> = $.freeze(-2.25e100);

/** @see constants.capnp:infinite, 0xae8518a0a0b4cdde */
export const infinite: $.Constant<number> = $.freeze(-Infinity);

/** @see constants.capnp:minusZero, 0xcfb9d1db2a880886 */
export const minusZero: $.Constant<number> = $.freeze(-0);

/** @see constants.capnp:notANumber, 0x942c6652fde4aecd */
export const notANumber: $.Constant<number> = $.freeze(NaN);

/** @see constants.capnp:colour, 0xecd577668d3de7b7 */
export const colour: $.Constant<data_.Colour> = $.freeze(data_.Colour.toName(2));

/** @see constants.capnp:text, 0xb848142e49c31972 */
export const text: $.Constant<string> = $.freeze('a "quoted" text,\nin zwei Zeilen: grün */');

/** @see constants.capnp:data, 0xee5ddb1bebb3d765 */
export const data: $.Constant<Uint8Array> = $.freeze(new Uint8Array([0, 255, 127]));

/** @see constants.capnp:empty, 0xb9bed468e1bf6d11 */
export const empty: $.Constant<string> = $.freeze("");

/** @see constants.capnp:numbers, 0xf20072869639c34c */
export const numbers: $.Constant<readonly bigint[]> = $.freeze(
  $.Int64.readList(
    $.parseLiteral(
      "0000000004000000010000001d0000000100000000000000feffffffffffffff000084e2506ce67c",
    ),
  ),
);

/** @see constants.capnp:flags, 0xbbca81146ee5d4bf */
export const flags: $.Constant<readonly boolean[]> = $.freeze(
  $.Bool.readList($.parseLiteral("000000000200000001000000190000000500000000000000")),
);

/** @see constants.capnp:texts, 0xf77d97ab21abf384 */
export const texts: $.Constant<readonly (readonly string[])[]> = $.freeze(
  $.List($.Text).readList(
    $.parseLiteral(
      "00000000070000000100000016000000050000001600000011000000060000000500000012000000050000000a00000061000000000000000000000000000000",
    ),
  ),
);

/** @see constants.capnp:colours, 0xb71dd8c588e5e96c */
export const colours: $.Constant<readonly data_.Colour[]> = $.freeze(
  data_.Colour.readList($.parseLiteral("000000000200000001000000130000000200000000000000")),
);

/** @see constants.capnp:points, 0x9d7e2f2113474b37 */
export const points: $.Constant<readonly data_.Point[]> = $.freeze(
  data_.Point.readList(
    $.parseLiteral(
      "000000000700000001000000270000000800000001000100010000000000000000000000000000000000000000000000010000002200000074776f0000000000",
    ),
  ),
);

/** @see constants.capnp:pair, 0xaeea416ce0a027ac */
export const pair: $.Constant<data_.Pair<string, readonly number[]>> = $.freeze(
  data_
    .Pair($.Text, $.List($.Int16))
    .read(
      $.parseLiteral(
        "000000000500000000000000000002000500000012000000050000001300000066000000000000000100020000000000",
      ),
    ),
);

/** @see constants.capnp:copied, 0xc7ae36d4d03a47c3 */
export const copied: $.Constant<data_.Point> = $.freeze(
  data_.Point.read(
    $.parseLiteral("000000000300000000000000010001000500000060c912fe0000000000000000"),
  ),
);

/** @see constants.capnp:points0, 0xed24d6ce7f7c7e1a */
export const points0: $.Constant<data_.Point> = $.freeze(
  data_.Point.read(
    $.parseLiteral("000000000300000000000000010001000500000060c912fe0000000000000000"),
  ),
);

/** @see constants.capnp:tree, 0x8d3155c0dc9abe08 */
export const tree: $.Constant<data_.Tree> = $.freeze(
  data_.Tree.read(
    $.parseLiteral(
      "000000001400000000000000010005000100000000000000100000000100050025000000370000000000000000000000000000000000000000000000000000000200000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000400000001000500030000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
    ),
  ),
);

/** @see constants.capnp:Late.Inner.own, 0x8a3fc0eba2b2dba9 */
export const Late_Inner_own: $.Constant<Late> = $.freeze(
  Late.read(
    $.parseLiteral(
      "00000000050000000000000000000200050000002200000004000000010000006f776e00000000000100000000000000",
    ),
  ),
);
