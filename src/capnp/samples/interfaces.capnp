# Methods of every kind.
@0xb62a1c5cd3bb5ab5;

using Other = import "parts/other.capnp";
using Data = import "data.capnp";

interface Plain @0xe2d1c2c4a1f0bc01 extends(Other.Named) {
  # Inherits from another file.

  add @0 (a :Int32, b :Int32 = 2) -> (sum :Int32);
  # Adds.
  #
  # In two paragraphs.
}

interface Adder @0xe2d1c2c4a1f0bc02 (T) {
  join @0 (left :T, right :T) -> (both :List(Data.Boxed(T)));
  name @1 () -> (title :Text);
}

interface Both @0xe2d1c2c4a1f0bc03 extends(Plain, Sized, Adder2) {
  # Declared before what it extends.
  own @0 () -> (own :Text);
}

interface Adder2 @0xe2d1c2c4a1f0bc04 extends(Sized) {
  more @0 () -> (more :UInt32);
}

interface Sized @0xe2d1c2c4a1f0bc05 {
  size @0 () -> (size :UInt32);
}

interface Renames @0xe2d1c2c4a1f0bc06 extends(Sized) {
  size @0 (unit :Text) -> (text :Text);
  # Has the name of an inherited method.
}

interface TextAdder @0xe2d1c2c4a1f0bc07 extends(Adder(Text)) {}

interface Generic @0xe2d1c2c4a1f0bc08 {
  same @0 [T] (value :T, times :UInt32 = 1) -> (value :T, times :UInt32);
  swap @1 [First, Second] Data.Pair(First, Second) -> Data.Pair(Second, First);
  count @2 [T] (list :Data.Boxed(T)) -> ();
}

interface Kept @0xe2d1c2c4a1f0bc09 (T) {
  # A generic method in a generic interface, with a parameter of the same name.
  put @0 [T] (mine :T, kept :Data.Boxed(Text)) -> (mine :T);
  swap @1 [Other] (mine :T, other :Other) -> (mine :Other, other :T);
  next @2 () -> (next :Kept(Data.Boxed(T)));
}

interface Streams @0xe2d1c2c4a1f0bc0a {
  push @0 (data :import "data.capnp".Point) -> stream;
  pushStruct @1 Data.Point -> stream;
  end @2 () -> (points :List(Data.Point));
}

struct Holder @0xe2d1c2c4a1f0bc0b (T) {
  plain @0 :Plain;
  any @1 :Capability;
  generic @2 :Adder(T);
  value @3 :T;
  adders @4 :List(Sized);
  inner :group {
    sized @5 :Sized;
  }

  interface Nested {
    enum Kind { one @0; two @1; }
    struct Params { kind @0 :Kind; value @1 :T; }
    method @0 Params -> (holder :Holder(T));
  }
  nested @6 :Nested;
  raw @7 :Data.Pair;
}
