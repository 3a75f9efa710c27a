# Constants of every kind, some declared before their types.
@0xb62a1c5cd3bb5ab6;

using Types = import "data.capnp";

const before :Late = (name = "before", inner = (flag = true));
const nothing :Void = void;
const yes :Bool = true;
const int8 :Int8 = -8;
const int16 :Int16 = -1616;
const int32 :Int32 = -32323232;
const int64 :Int64 = -6464646464646464;
const uint8 :UInt8 = 200;
const uint16 :UInt16 = 60000;
const uint32 :UInt32 = 4000000000;
const uint64 :UInt64 = 18000000000000000000;
const float32 :Float32 = 1.5;
const float64 :Float64 = -2.25e100;
const infinite :Float64 = -inf;
const minusZero :Float64 = -0.0;
const notANumber :Float32 = nan;
const colour :Types.Colour = blue;
const text :Text = "a \"quoted\" text,\nin zwei Zeilen: grün */";
const data :Data = 0x"00 ff 7f";
const empty :Text = "";
const numbers :List(Int64) = [1, -2, 9000000000000000000];
const flags :List(Bool) = [true, false, true];
const texts :List(List(Text)) = [["a", ""], []];
const colours :List(Types.Colour) = [blue, red];
const points :List(Types.Point) = [(x = 1), (label = "two")];
const pair :Types.Pair(Text, List(Int16)) = (first = "f", second = [1, 2]);
const copied :Types.Point = .points0;
const points0 :Types.Point = (x = 5, y = .int32);
const tree :Types.Tree = (value = 1, left = (value = 2), kids = [(value = 3)]);

struct Late {
  name @0 :Text;
  inner @1 :Inner;

  struct Inner {
    const own :Late = (name = "own", inner = (flag = .yes));
    flag @0 :Bool;
  }
}
