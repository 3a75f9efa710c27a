# Values of every kind, for the tests of codec and generator.
@0xb62a1c5cd3bb5ab1;

enum Colour @0xc0a79bb4f0c6a7d1 {
  red @0;
  green @1;
  blue @2;
}

struct Everything @0xd2d1c2c4a1f0b901 {
  none @0 :Void;
  flag @1 :Bool;
  int8 @2 :Int8;
  int16 @3 :Int16;
  int32 @4 :Int32;
  int64 @5 :Int64;
  uint8 @6 :UInt8;
  uint16 @7 :UInt16;
  uint32 @8 :UInt32;
  uint64 @9 :UInt64;
  float32 @10 :Float32;
  float64 @11 :Float64;
  colour @12 :Colour;
  text @13 :Text;
  data @14 :Data;
  point @15 :Point;
  lists @16 :Lists;
  any @17 :AnyPointer;
  pair @18 :Pair(Text, List(Point));
  shape @19 :Shape;
  tree @20 :Tree;
}

struct Point @0xd2d1c2c4a1f0b902 {
  x @0 :Int32;
  y @1 :Int32;
  label @2 :Text;
}

struct Lists @0xd2d1c2c4a1f0b903 {
  nones @0 :List(Void);
  flags @1 :List(Bool);
  int8s @2 :List(Int8);
  int16s @3 :List(Int16);
  int32s @4 :List(Int32);
  int64s @5 :List(Int64);
  uint8s @6 :List(UInt8);
  uint16s @7 :List(UInt16);
  uint32s @8 :List(UInt32);
  uint64s @9 :List(UInt64);
  float32s @10 :List(Float32);
  float64s @11 :List(Float64);
  colours @12 :List(Colour);
  texts @13 :List(Text);
  datas @14 :List(Data);
  points @15 :List(Point);
  matrix @16 :List(List(Int32));
  words @17 :List(List(Text));
  pairs @18 :List(Pair(Data, Point));
}

struct Pair @0xd2d1c2c4a1f0b904 (First, Second) {
  first @0 :First;
  second @1 :Second;
}

struct Shape @0xd2d1c2c4a1f0b905 {
  before @0 :UInt16;
  union {
    empty @1 :Void;
    number @2 :Int64 = 5;
    text @3 :Text;
    box :group {
      width @4 :UInt32;
      height @5 :UInt32;
      fill :union {
        none @6 :Void;
        colour @7 :Colour = green;
        pattern :group {
          name @8 :Text = "dots";
          gap @9 :Float32 = 0.5;
        }
      }
    }
  }
  after :group {
    colour @10 :Colour;
    name @11 :Text;
  }
}

struct Tree @0xd2d1c2c4a1f0b906 {
  # Recursive in every possible way.
  value @0 :Int32;
  left @1 :Tree;
  kids @2 :List(Tree);
  either :union {
    nothing @3 :Void;
    right @4 :Tree;
  }
  both @5 :Pair(Tree, Tree);
  far @6 :Far;

  struct Far {
    near @0 :Tree;
  }
}

struct Defaults @0xd2d1c2c4a1f0b907 {
  flag @0 :Bool = true;
  int8 @1 :Int8 = -8;
  int16 @2 :Int16 = -1616;
  int32 @3 :Int32 = -32323232;
  int64 @4 :Int64 = -6464646464646464;
  uint8 @5 :UInt8 = 200;
  uint16 @6 :UInt16 = 60000;
  uint32 @7 :UInt32 = 4000000000;
  uint64 @8 :UInt64 = 18000000000000000000;
  float32 @9 :Float32 = 1.5;
  float64 @10 :Float64 = -2.25e100;
  infinite @11 :Float32 = -inf;
  minusZero @12 :Float64 = -0.0;
  notANumber @13 :Float64 = nan;
  colour @14 :Colour = blue;
  text @15 :Text = "grün";
  data @16 :Data = 0x"00 ff 7f";
  point @17 :Point = (x = 7, label = "seven");
  numbers @18 :List(Int32) = [1, -2, 3];
  texts @19 :List(Text) = ["a", "", "c"];
  points @20 :List(Point) = [(x = 1), (label = "two")];
  pair @21 :Pair(Text, Data) = (first = "1", second = "2");
  shape @22 :Shape = (box = (height = 3));
}

struct PointOfOld @0xd2d1c2c4a1f0b908 {
  # An earlier version of Point.
  x @0 :Int32;
}

struct PointToCome @0xd2d1c2c4a1f0b909 {
  # A later version of Point.
  x @0 :Int32;
  y @1 :Int32 = 11;
  label @2 :Text;
  colour @3 :Colour = green;
  weight @4 :Float64 = 1.25;
  note @5 :Text = "none";
}

struct ListsToCome @0xd2d1c2c4a1f0b90a {
  # Lists with its lists upgraded to lists of structs, where the encoding allows it.
  nones @0 :List(Boxed(Text));
  flags @1 :List(Bool);
  int8s @2 :List(PointOfByte);
  int16s @3 :List(Int16);
  int32s @4 :List(PointToCome);
  int64s @5 :List(PointToCome);
  uint8s @6 :List(UInt8);
  uint16s @7 :List(UInt16);
  uint32s @8 :List(UInt32);
  uint64s @9 :List(UInt64);
  float32s @10 :List(Float32);
  float64s @11 :List(Float64);
  colours @12 :List(Colour);
  texts @13 :List(Boxed(Text));
  datas @14 :List(Boxed(Data));
  points @15 :List(PointToCome);
  matrix @16 :List(Boxed(List(PointToCome)));
}

struct Boxed @0xd2d1c2c4a1f0b90b (T) {
  value @0 :T;
}

struct PointOfByte @0xd2d1c2c4a1f0b90c {
  x @0 :Int8;
  y @1 :Int16 = 3;
}

struct Chain @0xd2d1c2c4a1f0b90d {
  # Its defaults contain it again.
  value @0 :Int32 = 9;
  next @1 :Chain;
  other @2 :Chain = (value = 5, next = (value = 6));
  more @3 :List(Chain) = [(value = 7)];
}
